import {readFile} from 'node:fs/promises';
import {expect, test} from 'vitest';
import type {Binding} from '../../source/terminal/bindings.ts';
import {commands, usageOf} from '../../source/terminal/command-table.ts';
import {keymap} from '../../source/terminal/keymap.ts';
import {actionOf, remapKeys} from '../../source/terminal/remap.ts';
import {
	areaNames,
	countForms,
	filterForms,
	keyNames,
	mouseForms,
} from '../../source/terminal/screens/help/help-lines.ts';

// docs/keys.md is the keymap: `npx vitest run test/docs -u` writes it anew.
test('docs/keys.md tells every key', async () => {
	await expect(markdown()).toMatchFileSnapshot('../../docs/keys.md');
});

const example = {
	version: 1,
	profiles: {},
	keys: {'fleet.onboard': 'ctrl+o', 'runs.retry': ['r', 'alt+r'], 'back@plan': ['esc', 'b']},
};

test('the example of docs/keys.md can be used', () => {
	const given = Object.entries(example.keys).map(([action, keys]) => [action, [keys].flat()] as const);
	expect(() => remapKeys(Object.fromEntries(given), 'config.json')).not.toThrow();
});

function forms(title: string, head: string, rows: typeof countForms): readonly string[] {
	return [
		`## ${title}`,
		'',
		`| ${head} | does |`,
		'| --- | --- |',
		...rows.map(([form, words]) => `| \`${form}\` | ${words} |`),
		'',
	];
}

/** What can be given no other keys. */
function fixed(binding: Binding): boolean {
	try {
		remapKeys({[`${binding.intent}@${binding.where}`]: binding.keys}, '');
		return false;
	} catch {
		return true;
	}
}

// The most important keys are in the readme too, between two comments.
test('the readme tells the keys that matter first', async () => {
	const readme = await readFile('readme.md', 'utf8');
	const [before = '', after = ''] = readme.split(/(?<=<!-- keys -->\n)[\s\S]*(?=<!-- \/keys -->)/);
	await expect(`${before}${shortTable()}${after}`).toMatchFileSnapshot('../../readme.md');
});

/** The keys of the footers, a line for each screen. */
function shortTable(): string {
	const areas = {fleet: 'fleet', plan: 'plan', runs: 'runs', output: 'their output', screens: 'everywhere'} as const;
	const rows = Object.entries(areas).map(([area, name]) => {
		const keys = keymap
			.filter((binding) => binding.where === area && binding.footer !== undefined)
			.toSorted((a, b) => (a.footer ?? 0) - (b.footer ?? 0))
			.map((binding) => `\`${keyNames({keys: binding.keys.slice(0, 1)})}\` ${binding.words}`);
		return `| ${name} | ${keys.join(' · ')} |\n`;
	});
	return `\n| on | keys |\n| --- | --- |\n${rows.join('')}\n`;
}

function markdown(): string {
	return [
		'# Keys',
		'',
		'The help (`?`) shows those that mean something on the screen at hand. A key that cannot be used now says why.',
		'',
		...Object.entries(areaNames).flatMap(([area, name]) => [
			`## ${name}`,
			'',
			'| key | does | action |',
			'| --- | --- | --- |',
			...keymap
				.filter(({where}) => where === area)
				.map((binding) => {
					const keys = keyNames(binding)
						.split(' ')
						.map((key) => `\`${key}\``);
					const {dangerous = false} = binding;
					const only = typeof dangerous === 'function' ? ' (in read-only mode only a check)' : '';
					return `| ${keys.join(' ')} | ${binding.words}${dangerous === true ? ' (not in read-only mode)' : only} | ${fixed(binding) ? '' : `\`${actionOf(binding)}\``} |`;
				}),
			'',
		]),
		...forms('Counts', 'a number before', countForms),
		...forms('Filter', 'filter', filterForms),
		...forms('Mouse, with `--mouse`', 'mouse', mouseForms),
		'## Keys of your own',
		'',
		'They stand in the configuration beside the profiles (`meshboard info` tells where), each action with a key or a list of keys in place of ours:',
		'',
		'```json',
		JSON.stringify(example, undefined, 2),
		'```',
		'',
		'Actions are in the tables above. One that several parts of the screens have is written with its part (`back@plan`), or without, for all of them. A key is a character (`o`, `G`), `ctrl+LETTER`, `alt+CHARACTER`,',
		'or a name of the tables; with a blank between them, keys are pressed one after the other (`g o`). `esc` leads back and `ctrl+c` leaves, whatever else does; what is asked before something is done keeps its keys.',
		'An action that there is not, a key with two meanings, or one character for what changes VMs or the cluster, is told in a sentence, and the screens do not open (exit 78). The footer and the help (`?`) show the keys as they are.',
		'',
		'## Commands',
		'',
		'After `:`. Tab completes names, entries, namespaces and contexts; `↑` brings back earlier lines, which are kept in `$XDG_STATE_HOME/meshboard/commands`.',
		'',
		'| command | does |',
		'| --- | --- |',
		...commands.map((each) => {
			const [, ...short] = each.names;
			const also = short.map((name) => ` \`:${name}\``).join('');
			return `| \`${usageOf(each).replaceAll('|', '\\|')}\`${also} | ${each.words} |`;
		}),
		'',
	].join('\n');
}
