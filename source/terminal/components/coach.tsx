import {keyFor} from '../bindings.ts';
import {stops, tourLine} from '../state/tour.ts';
import type {Ui} from '../state/ui.ts';
import type {World} from '../state/world.ts';
import {type Line, span, spread} from '../text/line.ts';
import {wrap} from '../text/width.ts';
import {Lines} from './lines.tsx';

type CoachProps = {readonly ui: Ui; readonly world: World; readonly width: number};

/** The guided tour of the demo, above the keys: what to do next. */
export function Coach({ui, world, width}: CoachProps) {
	const rows = world.tour?.rows ?? 0;
	if (rows === 0) return null;
	return <Lines lines={coachLines(ui, world, width, rows)} width={width} height={rows} />;
}

function coachLines(ui: Ui, world: World, width: number, rows: number): readonly Line[] {
	const line = tourLine(ui, world);
	if (line === undefined) return [];
	const head = `tour ${stops.indexOf(line.stop) + 1}/${stops.length}  `;
	const leave = span(`  ${keyFor('tour', world.keymap)} hides`, 'dim');
	// The words have all columns but those of the head, and on the last line those of the way out.
	const words = wrap(line.words, width - head.length - (rows === 1 ? leave.text.length : 0));
	return Array.from({length: rows}, (_, row): Line => {
		const start = row === 0 ? span(head, 'accent') : span(' '.repeat(head.length));
		const isLast = row === rows - 1;
		// What does not fit is cut there, with its sign.
		const text: Line = [start, span(isLast ? words.slice(row).join(' ') : (words[row] ?? ''), 'title')];
		return isLast ? spread(text, [leave], width) : text;
	});
}
