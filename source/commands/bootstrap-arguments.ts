import type {BootstrapFlags} from './bootstrap-flags.ts';
import {refuseGroupArguments} from './bootstrap-group.ts';
import {bootstrapUsage} from './bootstrap-usage.ts';

const neither =
	'sidecar-bootstrap command requires either a <workload-entry-name>[.<namespace>] argument or the --all flag';

/**
 * Refuses words and flags that contradict each other, in the original's sentences and order (tetratelabs/istio,
 * istioctl/cmd/sidecar-bootstrap.go, Args), then what this command alone has.
 */
export function refuseArguments(flags: BootstrapFlags, targets: readonly string[]): void {
	const all = flags.all === true;
	const given: ReadonlyArray<readonly [string, boolean]> = [
		['-o', flags.archive === true],
		['--output-file', flags.outputFile !== undefined],
		['--output-dir', flags.outputDir !== undefined],
	];
	const outputs = given.flatMap(([name, isGiven]) => (isGiven ? [name] : []));
	const [first, second] = outputs;
	const ofGroup = refuseGroupArguments(flags, targets);
	if (targets.length === 0 && !all && !ofGroup)
		throw bootstrapUsage(neither, 'meshboard bootstrap <entry>.<namespace> …, or --all -n <namespace>');
	if (targets.length > 0 && all) throw bootstrapUsage(`${neither} but not both`);
	if (first !== undefined && second !== undefined)
		throw bootstrapUsage(`use either ${first} or ${second} but not both`);
	if (first !== undefined && flags.dryRun === true)
		throw bootstrapUsage(`it is not possible to use --dry-run flag together with ${first}`);
	for (const [flag, value] of [
		['--output-file', flags.outputFile],
		['--output-dir', flags.outputDir],
	] as const) {
		if (value === '') throw bootstrapUsage(`${flag} needs a name.`);
	}
	if (flags.ignoreHostKeys === true && flags.hostKeys !== undefined)
		throw bootstrapUsage('use either --host-keys or --ignore-host-keys but not both');
	if (first === undefined && flags.dryRun !== true) refusePasswordWithoutTerminal(flags);
}

function refusePasswordWithoutTerminal({sshPassword}: BootstrapFlags): void {
	if (sshPassword !== true || (process.stdin.isTTY && process.stderr.isTTY)) return;
	throw bootstrapUsage(
		'--ssh-password asks for the password, and there is no terminal to ask at.',
		'Log in with a key (--ssh-key, ssh-agent), or run it at a terminal: a password is never taken from the command line.',
	);
}
