import type {Command} from 'commander';
import {exitCodes} from '../../errors.ts';
import {sanitise} from '../../output/sanitise.ts';
import {candidatesAt, type Wanted} from './candidates.ts';
import {liveNames} from './live-names.ts';

/**
 * `meshboard __complete WORD…`: what may stand in the place of the last word, `VALUE<tab>DESCRIPTION` a line, and in the end `:N`, a sum of
 * 2 (no space after it) · 4 (files are nothing here) · 16 (of files only folders). The protocol is that of cobra (ShellCompDirective, completions.go), which
 * kubectl speaks with its plugins. Values are data: the scripts quote them.
 */
export async function complete(program: Command, words: readonly string[]): Promise<number> {
	const current = words.at(-1) ?? '';
	const wanted = candidatesAt(program, words.slice(0, -1), current);
	const names = await Promise.all(wanted.live.map((kind) => liveNames(kind, wanted.flags, process.env)));
	const live = names.flat().map(({value, description}) => ({value: `${wanted.before}${value}`, description}));
	const lines = [...wanted.candidates, ...live]
		.filter(({value}) => value.startsWith(current) && !wanted.taken.includes(value))
		.map(({value, description}) => `${value}\t${sanitise(description.split('\n')[0] ?? '')}\n`);
	process.stdout.write(`${lines.join('')}:${directive(wanted)}\n`);
	return exitCodes.done;
}

function directive({open, files}: Wanted): number {
	return (open ? 2 : 0) + {none: 4, files: 0, folders: 16}[files];
}
