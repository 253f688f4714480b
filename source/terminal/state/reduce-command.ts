import {similarNames} from '../../mesh/similar-names.ts';
import {type Command, commands, usageOf} from '../command-table.ts';
import {editField} from '../input/text-field.ts';
import type {Intent} from '../intent.ts';
import {type CommandLine, complete, emptyCommandLine, type Offer, offersFor, recall} from './command-line.ts';
import type {Effect} from './effect.ts';
import {just, type Step, say, type Ui} from './ui.ts';
import type {World} from './world.ts';

/** What a line asks for: a step, or the meaning of a key, which is reduced as that of a key. */
type Told = Step | Intent;

/** The keys of the command line. `meaning` does what a key of that meaning does. */
export function reduceCommand(
	ui: Ui,
	line: CommandLine,
	intent: Intent,
	world: World,
	meaning: (ui: Ui, intent: Intent) => Step,
): Step {
	const put = (next: CommandLine) => just({...ui, command: next});
	const offer = (text: string) => offersAfter(text, world, ui);
	switch (intent) {
		case 'command.complete':
			return put(complete(line, offer, 1));
		case 'command.complete-back':
			return put(complete(line, offer, -1));
		case 'command.accept': {
			const isAtEnd = editField(line.field, 'end')?.cursor === line.field.cursor;
			if (isAtEnd) return put(complete(line, offer, 1));
			return put({...emptyCommandLine, field: editField(line.field, 'right') ?? line.field});
		}
		case 'command.older':
			return put(recall(line, world.history, 1));
		case 'command.newer':
			return put(recall(line, world.history, -1));
		case 'command.run':
			return run({...ui, command: undefined}, line.field.text.trim(), world, meaning);
		default:
			return just({...ui, command: undefined});
	}
}

/** What may come next: names of commands, then what the command takes. */
export function offersAfter(text: string, world: World, ui: Ui): Offer {
	const start = text.lastIndexOf(' ') + 1;
	const words = text.trimStart().split(/\s+/);
	const typed = text.slice(start);
	if (words.length <= 1)
		return {
			start,
			words: offersFor(
				typed,
				usable(world).map(({names: [name]}) => name),
			),
		};
	const {argument} = commandNamed(words[0] ?? '') ?? {};
	if (argument === undefined || words.length - 1 > argument.most) return {start, words: []};
	return {start, words: offersFor(typed, argument.offers(world, ui))};
}

export function commandNamed(name: string): Command | undefined {
	return commands.find(({names}) => names.includes(name));
}

/** Without a session most commands mean nothing. */
function usable({link}: World): readonly Command[] {
	return commands.filter(({always}) => always === true || link.kind === 'ready');
}

function run(ui: Ui, text: string, world: World, meaning: (ui: Ui, intent: Intent) => Step): Step {
	if (text === '') return just(ui);
	const told = carryOut(ui, text, world);
	const {ui: next, effects} = typeof told === 'string' ? meaning(ui, told) : told;
	const remember: Effect = {kind: 'remember', line: text};
	return {ui: next, effects: [remember, ...effects]};
}

function carryOut(ui: Ui, text: string, world: World): Told {
	const [name = '', ...words] = text.split(/\s+/);
	const command = commandNamed(name);
	const warn = (sentence: string) => just(say(ui, sentence, 'warn'));
	if (command === undefined) {
		const names = commands.map(({names: [first]}) => first);
		const nearest = similarNames(name, names, 2)[0] ?? offersFor(name, names)[0];
		const next = nearest === undefined ? 'tab shows which there are.' : `did you mean :${nearest}?`;
		return warn(`There is no command :${name}; ${next}`);
	}
	if (!usable(world).includes(command)) return warn(`:${name} needs a connection, and there is none yet.`);
	const {least = 0, most = 0} = command.argument ?? {};
	if (words.length < least || words.length > most) return warn(`It is written ${usageOf(command)}.`);
	return typeof command.does === 'string' ? command.does : command.does(ui, world, words);
}
