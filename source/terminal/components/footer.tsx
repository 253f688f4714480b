import {bindingsIn, reasonAgainst} from '../keymap.ts';
import {keyNames} from '../screens/help/help-lines.ts';
import {focusOf} from '../state/focus.ts';
import type {Ui} from '../state/ui.ts';
import type {World} from '../state/world.ts';
import {type Line, lineWidth, span} from '../text/line.ts';
import {commandLine} from './command-line.ts';
import {Row} from './row.tsx';

type FooterProps = {readonly ui: Ui; readonly world: World; readonly width: number};

/** The last line: a sentence for the person, else the keys that matter now. Those that cannot be used are dim. */
export function Footer({ui, world, width}: FooterProps) {
	return <Row line={footerLine(ui, world, width)} width={width} />;
}

function footerLine(ui: Ui, world: World, width: number): Line {
	const {command, notice} = ui;
	// What is typed is never hidden; a question of the session or of ours takes the keys.
	if (command !== undefined && world.question === undefined && ui.dialog === undefined)
		return commandLine(command, ui, world, width);
	return notice === undefined ? keysLine(ui, world, width) : [span(notice.text, notice.tone)];
}

/** As many keys as padTo, the most important ones; help and quit always. */
function keysLine(ui: Ui, world: World, width: number): Line {
	const bindings = bindingsIn(focusOf(ui, world).areas).filter(({footer}) => footer !== undefined);
	const parts = bindings
		.toSorted((a, b) => (a.footer ?? 0) - (b.footer ?? 0))
		.map((binding) => {
			const usable = reasonAgainst(binding, ui, world) === undefined;
			const key = keyNames({keys: binding.keys.slice(0, 1)});
			return {
				always: (binding.footer ?? 0) >= 90,
				line: [span(key, usable ? 'accent' : 'dim'), span(` ${binding.words}`, usable ? 'plain' : 'dim')],
			};
		});
	const kept = [...parts];
	const whole = () => kept.flatMap(({line}, index) => (index === 0 ? line : [span('  '), ...line]));
	while (lineWidth(whole()) > width) {
		const last = kept.findLastIndex(({always}) => !always);
		if (last === -1) break;
		kept.splice(last, 1);
	}
	return whole();
}
