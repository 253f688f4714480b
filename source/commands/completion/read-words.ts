import type {Command, Option} from 'commander';
import type {GlobalFlags} from '../flags.ts';

/** What the words of a command line before the cursor mean. */
export type Read = {
	/** The command that they lead to. */
	readonly command: Command;
	/** The words that are no flags, after the command. */
	readonly operands: readonly string[];
	/** Long names of the flags that were given. */
	readonly given: ReadonlySet<string>;
	/** The flag whose value comes next. */
	readonly waiting: Option | undefined;
	/** After `--` no word is a flag. */
	readonly ended: boolean;
	/** Values of the flags that choose profile, cluster and namespace. */
	readonly flags: GlobalFlags;
};

/** Reads words as commander would, but lets pass what it would refuse: the line is not finished. */
export function readWords(program: Command, words: readonly string[]): Read {
	let command = program;
	let waiting: Option | undefined;
	let ended = false;
	const operands: string[] = [];
	const given = new Set<string>();
	const flags: Record<string, unknown> = {};
	const take = (option: Option, value: string | undefined) => {
		given.add(option.long ?? option.flags);
		flags[option.attributeName()] = value ?? true;
	};
	for (const word of words) {
		if (waiting !== undefined) {
			take(waiting, word);
			waiting = undefined;
		} else if (!ended && word === '--') ended = true;
		else if (!ended && /^-./.test(word)) {
			const {option, value} = readFlag(command, word);
			if (option === undefined) continue;
			take(option, value);
			if (option.required && value === undefined) waiting = option;
		} else {
			const next = operands.length === 0 ? subcommand(command, word) : undefined;
			if (next === undefined) operands.push(word);
			else command = next;
		}
	}
	return {command, operands, given, waiting, ended, flags};
}

/** The flag of a word (the last of `-Aw`), and the value that is written in it. */
export function readFlag(command: Command, word: string): {option: Option | undefined; value: string | undefined} {
	if (word.startsWith('--')) {
		const equals = word.indexOf('=');
		const long = equals < 0 ? word : word.slice(0, equals);
		return {option: optionOf(command, ({long: known}) => known === long), value: after(word, equals)};
	}
	for (let at = 1; at < word.length; at += 1) {
		const option = optionOf(command, ({short}) => short === `-${word[at]}`);
		const takesValue = option?.required === true || option?.optional === true;
		if (option === undefined || takesValue || at === word.length - 1) {
			return {option, value: takesValue && at < word.length - 1 ? word.slice(at + 1) : undefined};
		}
	}
	return {option: undefined, value: undefined};
}

function after(word: string, equals: number): string | undefined {
	return equals < 0 ? undefined : word.slice(equals + 1);
}

/** Flags of the commands above count too. */
function optionOf(command: Command, is: (option: Option) => boolean): Option | undefined {
	for (let at: Command | null = command; at !== null; at = at.parent) {
		const option = at.options.find(is);
		if (option !== undefined) return option;
	}
	return undefined;
}

function subcommand(command: Command, word: string): Command | undefined {
	return command.commands.find((each) => each.name() === word || each.aliases().includes(word));
}
