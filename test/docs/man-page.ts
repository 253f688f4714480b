import {Command, type Help, type Option} from 'commander';
import {addConnectionFlags, addGlobalFlags} from '../../source/commands/flags.ts';
import {version} from '../../source/commands/version.ts';
import {environment, files} from './man-words.ts';

/** The man page meshboard(1), from the tree of commands and its help: man(7), in ASCII. */
export function manPage(program: Command): string {
	const help = program.createHelp();
	const [what = '', ...more] = program.description().split('\n');
	const said = afterHelp(program);
	return [
		'.\\" Made of the commands themselves, as docs/keys.md is of the keys: npx vitest run test/docs -u',
		`.TH MESHBOARD 1 "" "meshboard ${version}" "User Commands"`,
		'.SH NAME',
		`meshboard \\- ${words(what.charAt(0).toLowerCase() + what.slice(1).replace(/\.$/, ''))}`,
		'.SH SYNOPSIS',
		'.B meshboard',
		'.RI [ entry . namespace ]',
		'.br',
		'.B meshboard',
		'.I command',
		'.RI [ option .\\|.\\|.]\\&',
		'.RI [ argument .\\|.\\|.]',
		'.SH DESCRIPTION',
		...more.map(words),
		...paragraph(
			'Connection and global options may stand anywhere on the line. Where an entry says otherwise by an annotation, that holds; then the flag, the profile, the default.',
		),
		'.SH COMMANDS',
		...program.commands.flatMap((command) => section(command, help)),
		'.SH CONNECTION OPTIONS',
		'Of the commands that reach a VM.',
		...addConnectionFlags(new Command()).options.flatMap((option) => optionLines(option, help)),
		'.SH GLOBAL OPTIONS',
		...addGlobalFlags(new Command()).options.flatMap((option) => optionLines(option, help)),
		'.SH EXIT STATUS',
		...said.exitCodes.flatMap(([code = '', meaning = '']) => tagged(`\\fB${words(code)}\\fR`, meaning)),
		'.SH ENVIRONMENT',
		...Object.entries(environment).flatMap(([name, meaning]) => tagged(`\\fB${words(name)}\\fR`, meaning)),
		'.SH FILES',
		...Object.entries(files).flatMap(([path, meaning]) => tagged(`\\fI${words(path)}\\fR`, meaning)),
		'.SH EXAMPLES',
		'.nf',
		...said.examples.map(words),
		'.fi',
		'.SH SEE ALSO',
		'.BR kubectl (1),',
		'.BR ssh (1),',
		'.BR ssh_config (5)',
		'',
	].join('\n');
}

/** A command with its own options, then its commands. */
function section(command: Command, help: Help): readonly string[] {
	const usage = help.commandUsage(command);
	const connection = new Set(addConnectionFlags(new Command()).options.map(keyOf));
	const options = help.visibleOptions(command).filter(({long}) => long !== '--help');
	const shared = options.filter((option) => connection.has(keyOf(option)));
	const has = command.registeredArguments.filter(({description}) => description !== '');
	if (command.commands.length > 0) return command.commands.flatMap((each) => section(each, help));
	return [
		`.SS "${words(usage.replace(' [options]', ''))}"`,
		words(sentence(command.description())),
		...has.flatMap((argument) => tagged(`\\fI${words(argument.name())}\\fR`, help.argumentDescription(argument))),
		...options.filter((option) => !shared.includes(option)).flatMap((option) => optionLines(option, help)),
		...(shared.length > 0 ? paragraph('Also the connection options, below.') : []),
	];
}

/** Commands may say of a connection option what is another with them. */
function keyOf({flags, description}: Option): string {
	return `${flags} ${description}`;
}

function optionLines(option: Option, help: Help): readonly string[] {
	const [, names = '', value = ''] = /^([^<[]+?)(?: ([<[].*))?$/.exec(option.flags) ?? [];
	const flags = names.split(', ').map((name) => `\\fB${words(name)}\\fR`);
	const bare = value.startsWith('<') ? value.slice(1, -1) : value;
	const tag = `${flags.join(', ')}${bare === '' ? '' : ` \\fI${words(bare)}\\fR`}`;
	return tagged(tag, help.optionDescription(option));
}

function tagged(tag: string, text: string): readonly string[] {
	return ['.TP', tag, ...text.split('\n').map(words)];
}

function paragraph(text: string): readonly string[] {
	return ['.PP', ...text.split('\n').map(words)];
}

function sentence(text: string): string {
	return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}

/** What stands below the program's own help. */
function afterHelp(program: Command) {
	let text = '';
	program.configureOutput({writeOut: (part) => (text += part)}).outputHelp();
	const [, examples = '', codes = ''] = /\nExamples:\n(.*)\n\nExit codes: (.*)$/s.exec(text.trimEnd()) ?? [];
	return {
		examples: examples.split('\n').map((line) => line.replace(/^ {2}/, '')),
		exitCodes: codes.split(/ · |\n/).map((each) => /^\s*(\S+) (.*)$/.exec(each)?.slice(1) ?? []),
	};
}

/** Text for roff: its control characters quoted, what is no ASCII as a code point. */
function words(text: string): string {
	return text
		.replaceAll('\\', '\\e')
		.replaceAll('-', '\\-')
		.replaceAll('"', '\\(dq')
		.replace(/^(?=[.'])/, '\\&')
		.replaceAll(
			/[^\n -~]/gu,
			(character) => `\\[u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
		);
}
