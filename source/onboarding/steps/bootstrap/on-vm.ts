import type {FindingId} from '../../../diagnosis/catalogue.ts';
import type {Target} from '../../../mesh/target.ts';
import type {ExecResult} from '../../../ports.ts';
import {causeOfDocker} from '../../../proxy/docker-causes.ts';
import {commandLine, quote} from '../../../vm/quote.ts';
import type {Exec} from '../../action.ts';
import type {Outcome, StepContext} from '../../step.ts';
import {findingAbout, stoppedBy} from '../stopped-by.ts';

/** A command that only looks. */
export function look(command: string): Exec {
	return {kind: 'exec', as: 'user', command, changes: false};
}

/** SHA-256 of the files of the bundle that hold no secret; a file that is absent has no line. */
export function sumsCommand(target: Target, names: readonly string[]): string {
	return `cd ${quote(target.configDir.value)} && ${commandLine(['sha256sum', ...names])}`;
}

/** The sums by file name, from the output of `sha256sum`. */
export function parseSums(stdout: string): Readonly<Record<string, string>> {
	return Object.fromEntries(
		[...stdout.matchAll(/^([0-9a-f]{64})[ *]+(\S+)$/gm)].map(([, sum = '', name = '']) => [name, sum]),
	);
}

/** When each file of the bundle was written, and its mode. */
export function statCommand(target: Target, names: readonly string[]): string {
	return commandLine(['stat', '-c', '%Y %a %n', ...names.map((name) => `${target.configDir.value}/${name}`)]);
}

/** By file name; seconds since 1970 and octal digits. A file that could not be told has no line. */
export function parseStats(
	stdout: string,
): Readonly<Record<string, {readonly written: number; readonly mode: number}>> {
	return Object.fromEntries(
		[...stdout.matchAll(/^(\d+) ([0-7]+) .*?([^/\n]+)$/gm)].map(([, written = '', mode = '', name = '']) => [
			name,
			{written: Number(written), mode: Number.parseInt(mode, 8)},
		]),
	);
}

/** The claims of the token on the VM: the middle of its three parts. The others, and a file that is no token, stay there. */
export function payloadCommand(target: Target): string {
	return `cut -s -d. -f2 ${quote(`${target.configDir.value}/istio-token`)}`;
}

export const clockCommand = 'date -u +%s';

export function containerInspection(target: Target): string {
	return commandLine([target.runtime.value, 'container', 'inspect', target.containerName.value]);
}

export function imageInspection(target: Target): string {
	return commandLine([target.runtime.value, 'image', 'inspect', target.image.value]);
}

/** The engine answered, also when it answered that there is no such thing (podman: "no such container", "image not known"). */
export function dockerAnswered(result: ExecResult): boolean {
	return result.code === 0 || /no such (container|object|image)|image not known/i.test(result.stderr);
}

/** The outcome of a step whose docker command failed: the cause that its words name, else `otherwise`. */
export function dockerFailed(context: StepContext, command: string, result: ExecResult, otherwise: FindingId): Outcome {
	const words = `${result.stderr}\n${result.stdout}`.trim();
	const named = result.code === 127 ? 'vm.runtime-missing' : (causeOfDocker(words) ?? otherwise);
	const ended =
		result.ended === 'timed-out' ? 'did not end within the time limit' : `exit code ${result.code ?? 'unknown'}`;
	const evidence = [{source: command, text: words === '' ? ended : words}];
	return stoppedBy(findingAbout(context, refine(context, named), evidence));
}

/** Denied to a user who is in the group: the session began before that (usermod(8), newgrp(1)). */
function refine({facts, target}: StepContext, id: FindingId): FindingId {
	const user = target.ssh.user.value;
	const inGroup = user !== undefined && facts.vm?.dockerGroup?.includes(user) === true;
	return id === 'vm.docker-denied' && inGroup && !facts.vm?.groups.includes('docker') ? 'vm.docker-group-stale' : id;
}
