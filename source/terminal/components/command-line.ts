import {usageOf} from '../command-table.ts';
import type {CommandLine} from '../state/command-line.ts';
import {commandNamed, offersAfter} from '../state/reduce-command.ts';
import type {Ui} from '../state/ui.ts';
import type {World} from '../state/world.ts';
import {type Line, lineWidth, type Span, span} from '../text/line.ts';
import {fieldLine} from './field-line.ts';

/** The command line: what is typed, then what fits, or what the command does. */
export function commandLine(line: CommandLine, ui: Ui, world: World, width: number): Line {
	const typed = fieldLine(span(':', 'accent'), line.field, {width: Math.max(12, Math.floor(width / 2)), active: true});
	const {completing, field} = line;
	const {words} = offersAfter(completing?.text ?? field.text, world, ui);
	const told = commandNamed(field.text.trim().split(/\s+/)[0] ?? '');
	if (words.length === 0 || (words.length === 1 && field.text.endsWith(words[0] ?? '')))
		return told === undefined ? typed : [...typed, span(`  ${usageOf(told)}: ${told.words}`, 'dim')];
	const room = width - lineWidth(typed);
	return [...typed, ...offered(words, completing?.index, room)];
}

/** As many offers as fit, beginning so that the one that stands there is seen. */
function offered(words: readonly string[], at: number | undefined, room: number): Line {
	const pieces: Span[] = [];
	let left = room;
	let from = 0;
	// Whole pages of offers, so that the line does not move with each tab.
	for (const [index, word] of words.entries()) {
		const needs = word.length + 2;
		if (needs > left && index > from) {
			if (at === undefined || at < index) break;
			pieces.length = 0;
			from = index;
			left = room;
		}
		left -= needs;
		pieces.push(span('  '), index === at ? {text: word, inverse: true} : span(word, 'dim'));
	}
	return pieces;
}
