import {expect, test} from 'vitest';
import {commands, usageOf} from '../../source/terminal/command-table.ts';
import {keymap} from '../../source/terminal/keymap.ts';
import {areaNames, keyNames} from '../../source/terminal/screens/help/help-lines.ts';

// docs/keys.md is the keymap: `npx vitest run test/docs -u` writes it anew.
test('docs/keys.md tells every key', async () => {
	await expect(markdown()).toMatchFileSnapshot('../../docs/keys.md');
});

function markdown(): string {
	return [
		'# Keys',
		'',
		'The help (`?`) shows those that mean something on the screen at hand. A key that cannot be used now says why.',
		'',
		...Object.entries(areaNames).flatMap(([area, name]) => [
			`## ${name}`,
			'',
			'| key | does |',
			'| --- | --- |',
			...keymap
				.filter(({where}) => where === area)
				.map((binding) => {
					const keys = keyNames(binding)
						.split(' ')
						.map((key) => `\`${key}\``);
					const {dangerous = false} = binding;
					const only = typeof dangerous === 'function' ? ' (in read-only mode only a check)' : '';
					return `| ${keys.join(' ')} | ${binding.words}${dangerous === true ? ' (not in read-only mode)' : only} |`;
				}),
			'',
		]),
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
