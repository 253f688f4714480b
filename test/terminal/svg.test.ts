import {expect, it} from 'vitest';
import {createScreen} from '../helpers/screen.ts';
import {lightTheme, svgOf} from '../helpers/svg.ts';

it('draws what is on a screen, with its colours, as text that can be found', async () => {
	const screen = createScreen({columns: 20, rows: 4});
	await screen.write(
		'plain \x1b[31mred\x1b[0m <&>\r\n\x1b[7minverse\x1b[0m \x1b[1mbold\x1b[0m\r\n日本 \x1b[38;5;196mx\x1b[38;2;1;2;3my',
	);
	const picture = svgOf(screen, {title: 'meshboard', theme: lightTheme});
	expect(picture).toContain('>plain </text>');
	expect(picture).toMatch(/fill="#c62f3b">red<\/text>/);
	expect(picture).toContain('&lt;&amp;&gt;');
	expect(picture).toMatch(/<rect [^>]*fill="#24292f"\/>\n<text [^>]*fill="#fbfbfc">inverse<\/text>/);
	expect(picture).toMatch(/font-weight="bold">bold<\/text>/);
	expect(picture).toMatch(/textLength="42"[^>]*>日本 <\/text>/);
	expect(picture).toMatch(/fill="#ff0000">x/);
	expect(picture).toMatch(/fill="#010203">y/);
	expect(svgOf(screen, {title: 'meshboard', theme: lightTheme})).toBe(picture);
});
