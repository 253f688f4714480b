import {bindingsAfter, bindingsIn, reasonAgainst} from '../bindings.ts';
import {keyNames} from '../screens/help/help-lines.ts';
import {focusOf} from '../state/focus.ts';
import type {Pending, Ui} from '../state/ui.ts';
import type {World} from '../state/world.ts';
import {type Line, lineWidth, span} from '../text/line.ts';
import type {Glyphs} from '../theme.ts';
import {commandLine} from './command-line.ts';
import {Row} from './row.tsx';
import {useTheme} from './use-theme.ts';

type FooterProps = {readonly ui: Ui; readonly world: World; readonly width: number};

/** The last line: a sentence for the person, else the keys that matter now. Those that cannot be used are dim. */
export function Footer({ui, world, width}: FooterProps) {
	const {glyphs} = useTheme();
	return <Row line={footerLine(ui, world, width, glyphs)} width={width} />;
}

function footerLine(ui: Ui, world: World, width: number, glyphs: Glyphs): Line {
	const {command, notice} = ui;
	// What is typed is never hidden; a question of the session or of ours takes the keys.
	if (command !== undefined && world.question === undefined && ui.dialog === undefined)
		return commandLine(command, ui, world, width);
	if (ui.pending !== undefined) return pendingLine(ui.pending, ui, world);
	return notice === undefined ? keysLine(ui, world, width, glyphs) : [span(notice.text, notice.tone)];
}

/** What was pressed of a count or of a chord, and what may follow. */
function pendingLine({times, keys}: Pending, ui: Ui, world: World): Line {
	const typed = span(`${times ?? ''}${keys.join('')}…`, 'accent');
	if (keys.length === 0) return [typed, span(' times: a move, or space; esc forgets it', 'dim')];
	const next = bindingsAfter(keys, focusOf(ui, world).areas, world.keymap).flatMap((binding) => {
		const chord = binding.keys.find((key) => key.startsWith(`${keys.join(' ')} `)) ?? '';
		return [span('  '), span(chord.split(' ').slice(keys.length).join(''), 'accent'), span(` ${binding.words}`)];
	});
	return [typed, ...next];
}

/** As many keys as padTo, the most important ones; help and quit always. */
function keysLine(ui: Ui, world: World, width: number, glyphs: Glyphs): Line {
	const bindings = bindingsIn(focusOf(ui, world).areas, world.keymap).filter(({footer}) => footer !== undefined);
	const parts = bindings
		.toSorted((a, b) => (a.footer ?? 0) - (b.footer ?? 0))
		.map((binding) => {
			const usable = reasonAgainst(binding, ui, world) === undefined;
			const key = keyNames({keys: binding.keys.slice(0, 1)}, glyphs);
			return {
				always: (binding.footer ?? 0) >= 90,
				usable,
				line: [span(key, usable ? 'accent' : 'dim'), span(` ${binding.words}`, usable ? 'plain' : 'dim')],
			};
		});
	const kept = [...parts];
	const whole = () => kept.flatMap(({line}, index) => (index === 0 ? line : [span('  '), ...line]));
	while (lineWidth(whole()) > width) {
		// What cannot be used now goes first.
		const dead = kept.findLastIndex(({always, usable}) => !always && !usable);
		const last = dead === -1 ? kept.findLastIndex(({always}) => !always) : dead;
		if (last === -1) break;
		kept.splice(last, 1);
	}
	return whole();
}
