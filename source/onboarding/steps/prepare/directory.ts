import type {AdminFacts} from '../../../vm/admin-facts.ts';
import {hasMode} from '../../../vm/parse/ownership.ts';
import {directoryCommands, isOwnPath, isUserName} from '../../../vm/preparation.ts';
import {quote} from '../../../vm/quote.ts';
import type {Outcome, Step, StepContext} from '../../step.ts';
import {findingAbout, stoppedBy} from '../stopped-by.ts';
import {accountOf} from './as-admin.ts';
import {actionsOf, ensure, type Part} from './ensure.ts';
import {onAccount} from './record.ts';

/** The directory for the bundle: the account's own, mode 775. */
export const directoryStep: Step = {
	id: 'prepare.directory',
	phase: 'prepare',
	title: 'Create the directory for the configuration',
	plan: (context) => (isOwnPath(context.target.configDir.value) ? actionsOf(partsOf(context)) : []),
	*run(context) {
		const directory = context.target.configDir.value;
		if (!isOwnPath(directory)) {
			return denied(
				context,
				`${directory} cannot be given to an account: it must be a directory of its own, such as /etc/istio-proxy.`,
			);
		}
		return yield* ensure(context, partsOf(context), {
			what: `Directory ${directory}`,
			needs: 'directory',
			object: (facts) => objectionTo(context, facts),
		});
	},
};

function partsOf({target}: StepContext): readonly Part[] {
	const user = accountOf(target);
	if (!isUserName(user)) return [];
	const run = (command: string) => onAccount({target}, command);
	const {make, own, open} = directoryCommands(target.configDir.value, user);
	return [
		{
			id: 'prepare.directory.made',
			action: run(make),
			missing: ({configDir}) => configDir.kind !== 'directory',
			title: 'made',
			state: ({configDir}) => (configDir.kind === 'directory' ? 'there' : configDir.kind),
		},
		{
			id: 'prepare.directory.owner',
			action: run(own),
			missing: ({configDir, account}) => configDir.owner !== user || configDir.group !== account?.group,
			title: `owned by ${user}`,
			state: ({configDir}) => `${configDir.owner}:${configDir.group}`.replace(/^:$/, 'absent'),
		},
		{
			id: 'prepare.directory.mode',
			action: run(open),
			missing: ({configDir}) => !hasMode(configDir, '775'),
			title: 'mode 775',
			state: ({configDir}) => configDir.mode || 'absent',
		},
	];
}

/** Root gives nothing away that may be another's. */
function objectionTo(context: StepContext, {configDir, account}: AdminFacts): Outcome | undefined {
	const {target} = context;
	const user = accountOf(target);
	const directory = target.configDir.value;
	if (account === undefined) {
		return {status: 'failed', detail: `There is no account ${user} that could own ${directory}.`};
	}
	if (configDir.link) return denied(context, `${directory} is a symbolic link; root does not follow it.`);
	if (configDir.kind === 'other') return denied(context, `${directory} is there, and is no directory.`);
	if (configDir.holdsOthers && configDir.owner !== user) {
		return denied(
			context,
			`${directory} belongs to ${configDir.owner} and holds other files; it is not given to ${user}.`,
		);
	}
	return undefined;
}

function denied(context: StepContext, summary: string): Outcome {
	const {configDir} = context.target;
	const evidence = [{source: `proxy-config-dir (${configDir.source})`, text: configDir.value}];
	return stoppedBy(
		findingAbout(context, 'vm.config-dir-denied', evidence, summary, {user: quote(accountOf(context.target))}),
	);
}
