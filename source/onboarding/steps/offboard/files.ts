import {bundleFileNames} from '../../../bundle/files.ts';
import type {Target} from '../../../mesh/target.ts';
import type {ExecResult} from '../../../ports.ts';
import {parseMounts} from '../../../proxy/mounts.ts';
import {plainLines} from '../../../vm/plain-text.ts';
import {commandLine, quote} from '../../../vm/quote.ts';
import {type Exec, perform, performAll} from '../../action.ts';
import type {Outcome, Step, StepContext} from '../../step.ts';
import {arrivedName, temporaryName} from '../../temporary-names.ts';
import {look} from '../bootstrap/on-vm.ts';
import {findingAbout, stoppedBy} from '../stopped-by.ts';

/** What a bootstrap leaves in its directory, finished or broken off. */
const ours: readonly string[] = [...bundleFileNames, arrivedName, ...bundleFileNames.map(temporaryName)];

/** Removes the bundle's files, unless another container lives on what is in the directory. All else that lies there stays. */
export const filesStep: Step = {
	id: 'offboard.files',
	phase: 'offboard',
	title: 'Remove the files of the bundle',
	plan: ({target}) => [remove(target)],
	*run(context) {
		const {target} = context;
		const directory = target.configDir.value;
		const [listed, mounted] = yield* performAll(look(listCommand(target)), look(mountsCommand(target)));
		const there = listed.stdout.split('\n').filter((name) => ours.includes(name));
		if (there.length === 0) return {status: 'skipped', detail: `there is no file of the bundle in ${directory}`};
		if (mounted.code !== 0 && mounted.code !== 127) {
			return {status: 'skipped', detail: `left in ${directory}: who else uses them could not be asked`};
		}
		const user = parseMounts(mounted.stdout).find(({sources}) => sources.some((source) => isIn(directory, source)));
		if (user !== undefined)
			return {status: 'skipped', detail: `left in ${directory}: container ${user.name} mounts from there`};
		const removed = yield* perform(remove(target));
		if (removed.code !== 0) return notRemoved(context, removed);
		return {status: 'succeeded', detail: `${there.join(', ')} removed from ${directory}`, changed: true};
	},
};

function listCommand({configDir}: Target): string {
	return `ls -A ${quote(configDir.value)}`;
}

/** Every container with what it mounts; of their environments, which may hold secrets, nothing is read. */
function mountsCommand({runtime: {value: program}}: Target): string {
	const format = quote('{{json .Name}} {{json .Mounts}}');
	return `ids=$(${program} ps -a -q) || exit; if [ -n "$ids" ]; then ${program} inspect --format ${format} $ids; fi`;
}

function isIn(directory: string, path: string): boolean {
	const whole = directory.replace(/\/+$/, '');
	return path === whole || path.startsWith(`${whole}/`);
}

function remove({configDir}: Target): Exec {
	const paths = ours.map((name) => `${configDir.value.replace(/\/+$/, '')}/${name}`);
	return {kind: 'exec', as: 'user', command: commandLine(['rm', '-f', ...paths]), changes: true, show: true};
}

function notRemoved(context: StepContext, {stderr}: ExecResult): Outcome {
	const text = plainLines(stderr, 3);
	const command = remove(context.target).command;
	if (!/permission denied|not permitted|read-only/i.test(text)) return {status: 'failed', detail: text};
	const summary = `${context.target.ssh.user.value} may not remove the files in ${context.target.configDir.value}.`;
	return stoppedBy(findingAbout(context, 'vm.config-dir-denied', [{source: command, text}], summary));
}
