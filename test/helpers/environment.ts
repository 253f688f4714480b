import {containerCommand} from '../../source/bundle/container.ts';
import {bundleFiles} from '../../source/bundle/files.ts';
import type {Target} from '../../source/mesh/target.ts';

/** The variables of `sidecar.env`, as `docker run --env-file` reads them: a line each, nothing unquoted, the last of equal names wins. */
export function environmentFile(target: Target): Readonly<Record<string, string>> {
	return variables(String(bundleFiles(target)[0]?.content).split('\n'));
}

/** The variables that the container's command sets over those of the file. */
export function moreEnvironment(target: Target): Readonly<Record<string, string>> {
	return variables(optionsOf(target, '-e'));
}

/** `<name>:<address>` of every name that the container finds at the gateway. */
export function pinnedHosts(target: Target): readonly string[] {
	return optionsOf(target, '--add-host');
}

function optionsOf(target: Target, option: string): readonly string[] {
	const words = containerCommand(target);
	return words.filter((_, index) => words[index - 1] === option);
}

function variables(lines: readonly string[]): Readonly<Record<string, string>> {
	return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}
