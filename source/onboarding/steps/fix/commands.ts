import type {Target} from '../../../mesh/target.ts';
import {freeSsh} from '../../../vm/interception/free-ssh.ts';
import {writeMeshHosts} from '../../../vm/mesh-hosts.ts';
import {cleanRules} from '../../../vm/package-commands.ts';
import {commandLine} from '../../../vm/quote.ts';
import {type Exec, perform} from '../../action.ts';
import type {Step, StepContext} from '../../step.ts';
import {asRoot, endOf} from '../prepare/as-admin.ts';

/** A step of commands that mend something of the VM; the first that fails ends it, with its own words. */
function commandsStep(id: string, title: string, commands: (context: StepContext) => readonly Exec[]): Step {
	return {
		id,
		phase: 'fix',
		title,
		plan: commands,
		*run(context) {
			for (const action of commands(context)) {
				const result = yield* perform(action);
				if (result.code !== 0) return {status: 'failed', detail: `${action.command}: ${endOf(result)}`, changed: true};
			}
			return {status: 'succeeded', detail: 'done', changed: true};
		},
	};
}

/** A command of the container engine, as the user who runs the proxy. */
function engine({runtime}: Target, ...words: readonly string[]): Exec {
	const command = commandLine([runtime.value, ...words]);
	return {kind: 'exec', as: 'user', command, changes: true, show: true};
}

export const startDockerStep = commandsStep('fix.docker', 'Start Docker, now and with the machine', () => [
	asRoot('systemctl enable --now docker'),
]);

export const bootStep = commandsStep('fix.boot', 'Have the proxy started with the machine', ({target}) => [
	...(target.runtime.value === 'docker' ? [asRoot('systemctl enable docker')] : []),
	engine(
		target,
		'update',
		'--restart',
		target.runtime.value === 'docker' ? 'unless-stopped' : 'always',
		target.containerName.value,
	),
]);

export const clockStep = commandsStep('fix.clock', 'Keep the clock by NTP', () => [asRoot('timedatectl set-ntp true')]);

export const cleanRulesStep = commandsStep('fix.rules', 'Take away all rules of interception', () => [
	asRoot(cleanRules),
]);

/** The session itself may go through the proxy, whose next start would end it: those after this go past it. */
export const freeSshStep: Step = {
	...commandsStep('fix.ssh', "Let sshd's ports out of the interception", ({target}) => [
		asRoot(freeSsh([target.ssh.port.value ?? 22])),
	]),
	reconnects: true,
};

export const hostsStep = commandsStep(
	'fix.hosts',
	'Lead names of the mesh to the proxy, in /etc/hosts',
	({options}) => [asRoot(writeMeshHosts(options.fix?.hosts ?? []))],
);

export const removeOthersStep = commandsStep('fix.others', 'Remove what is in the way', ({target, options}) =>
	(options.fix?.containers ?? []).map((name) => engine(target, 'rm', '--force', name)),
);
