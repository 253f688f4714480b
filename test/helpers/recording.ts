import {setTimeout as sleep} from 'node:timers/promises';
import type {Pty} from './pty.ts';
import {cell, svgRows, svgWindow} from './svg.ts';

/** What is on a terminal over time. */
export type Recording = {
	/** Shows what is there for so long at least (in ms), as long as somebody reads it. */
	hold(milliseconds: number): Promise<void>;
	/** The film, as a picture that moves. */
	end(title: string): string;
};

type Frame = {readonly at: number; readonly rows: readonly string[]};

/** Shorter than this (in ms) no frame is shown: a film is no measurement. */
const shortest = 120;
/** After so long (in ms) a key's effect is there. */
const settled = 200;
/** Longer than this (in ms) nobody waits for the next. */
const longest = 1500;
/** The last frame stays for so long (in ms) before the film begins anew. */
const last = 5000;

/** Films a terminal from now on. */
export function startRecording(pty: Pty): Recording {
	const {screen} = pty;
	const frames: Frame[] = [];
	let now = 0;
	let clock = performance.now();
	const look = () => {
		const rows = svgRows(screen);
		const passed = Math.min(performance.now() - clock, longest);
		clock = performance.now();
		now += passed;
		const before = frames.at(-1);
		if (before?.rows.every((row, index) => row === rows[index])) return;
		if (before !== undefined && now - before.at < shortest) frames[frames.length - 1] = {at: before.at, rows};
		else frames.push({at: now, rows});
	};
	look();
	const stop = pty.onDraw(look);
	return {
		async hold(milliseconds) {
			// What the last key changed is drawn by then.
			await sleep(settled);
			look();
			now += milliseconds;
			clock = performance.now();
		},
		end(title) {
			look();
			stop();
			return filmOf(screen.terminal, frames, now + last, title);
		},
	};
}

/**
 * Each line of the screen is a strip of all that it ever shows, one below the other, behind a window of one line; style sheets pull the
 * strips. So only what changes takes room, and a reader's browser needs no script. Who asks for less motion sees the last frame.
 */
function filmOf(
	size: {readonly cols: number; readonly rows: number},
	frames: readonly Frame[],
	milliseconds: number,
	title: string,
): string {
	const styles: string[] = [];
	const strips = Array.from({length: size.rows}, (_, row) => {
		const shown = frames.map(({at, rows}) => ({at, content: rows[row] ?? ''}));
		const changes = shown.filter(({content}, index) => index === 0 || content !== shown[index - 1]?.content);
		const contents = [...new Set(changes.map(({content}) => content))];
		const place = (content: string) => `transform:translateY(${-contents.indexOf(content) * cell.height}px)`;
		const strip = contents
			.map((content, index) =>
				content === '' ? '' : `<g transform="translate(0 ${index * cell.height})">\n${content}\n</g>`,
			)
			.filter((element) => element !== '')
			.join('\n');
		const last = changes.at(-1)?.content ?? '';
		if (changes.length > 1) {
			const steps = changes.map(({at, content}) => `${percent(at, milliseconds)}{${place(content)}}`);
			styles.push(`@keyframes l${row}{${steps.join('')}}`, `#l${row}{${place(last)};animation-name:l${row}}`);
		}
		return `<svg y="${row * cell.height}" width="100%" height="${cell.height}"><g id="l${row}">\n${strip}\n</g></svg>`;
	});
	const seconds = Math.round(milliseconds / 100) / 10;
	const style = [
		`[id]{animation:${seconds}s step-end infinite}`,
		...styles,
		'@media (prefers-reduced-motion:reduce){[id]{animation:none!important}}',
	].join('\n');
	return svgWindow(size, {title}, [`<style>\n${style}\n</style>`, ...strips]);
}

function percent(at: number, whole: number): string {
	return `${Math.round((at / whole) * 100_000) / 1000}%`;
}
