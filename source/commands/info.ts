import {exitCodes} from '../errors.ts';
import {sanitise} from '../output/sanitise.ts';
import type {ConnectionFlags, GlobalFlags} from './flags.ts';
import {readInfo} from './info-facts.ts';
import type {InfoOutput} from './machine-output.ts';
import type {OutputFormat} from './output-format.ts';
import {printJson, printTable} from './print.ts';

/** `meshboard info`: which files, settings and cluster a call like this one would use. Nothing is asked over a network. */
export async function info(flags: GlobalFlags & ConnectionFlags & {output?: OutputFormat}): Promise<number> {
	const facts = await readInfo(flags, process.env);
	if (flags.output === 'json') printJson(facts);
	else printInfo(facts);
	return exitCodes.done;
}

function printInfo({version, node, paths, profile, cluster}: InfoOutput): void {
	say(`meshboard ${version} on Node ${node.version} (${node.path}, ${node.platform} ${node.arch})\n`);
	printTable(
		['WHAT', 'PATH', 'FROM', 'THERE'],
		paths.map(({name, path, source, exists}) => [name, path, source, exists ? 'yes' : 'no']),
	);
	if ('problem' in profile) say(`\nProfile: ${profile.problem}`);
	else {
		const none = profile.settings.length === 0 ? ': nothing is set; annotations and defaults are used' : '';
		say(`\nProfile "${profile.name}" (${profile.source})${none}`);
		if (none === '')
			printTable(
				['SETTING', 'VALUE', 'FROM'],
				profile.settings.map(({name, value, source}) => [name, String(value), source]),
			);
	}
	say(
		'problem' in cluster
			? `\nContext: ${cluster.problem}`
			: `\nContext "${cluster.context}" (${cluster.source}): ${cluster.server}, namespace ${cluster.namespace}`,
	);
}

/** Names of contexts and servers are from files of others. */
function say(text: string): void {
	process.stdout.write(`${text.split('\n').map(sanitise).join('\n')}\n`);
}
