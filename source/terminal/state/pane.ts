import type {OutputView} from '../../onboarding/session.ts';
import {clockTime} from '../../output/clock-time.ts';
import {wrap} from '../text/width.ts';
import type {PaneState} from './ui.ts';

export const followingPane: PaneState = {follow: true, top: 0};

/** A part of a line of output on one line of the screen; `number` counts the run's lines from 0; `stamp` stands before it. */
export type PaneRow = {readonly number: number; readonly stamp: string; readonly text: string};

/** Columns of a time and the blank after it. */
const stampWidth = 9;

/** The longest part of a line that is drawn: wrapping and measuring a line of megabytes would hold up every key. */
const longestDrawn = 8192;

/** The rows that a pane of `height` × `width` shows, and the number of the first line in it. */
export function paneRows(
	output: OutputView,
	pane: PaneState,
	view: {readonly height: number; readonly width: number; readonly wrap: boolean; readonly stamps: boolean},
): {readonly rows: readonly PaneRow[]; readonly top: number} {
	const top = topOf(output, pane, view.height);
	const times = view.stamps ? output.times(top, view.height) : [];
	const width = view.stamps ? Math.max(1, view.width - stampWidth) : view.width;
	const rows = output.window(top, view.height).flatMap((line, index) => {
		const text = line.slice(0, longestDrawn);
		return (view.wrap ? wrap(text, width) : [text]).map((part, nth) => ({
			number: top + index,
			stamp: view.stamps ? (nth === 0 ? clockTime(new Date(times[index] ?? 0)) : '').padEnd(stampWidth) : '',
			text: part,
		}));
	});
	return {rows: pane.follow ? rows.slice(-view.height) : rows.slice(0, view.height), top};
}

/** The first line of the window: the newest lines when it follows; lines that left the memory cannot be shown. */
export function topOf(output: OutputView, pane: PaneState, height: number): number {
	const last = Math.max(output.dropped, output.length - height);
	return pane.follow ? last : Math.min(Math.max(pane.top, output.dropped), last);
}

/** The pane after scrolling by some lines. Scrolling up stops following; reaching the end by scrolling does not start it again. */
export function scrollPane(output: OutputView, pane: PaneState, lines: number, height: number): PaneState {
	const top = topOf(output, pane, height) + lines;
	if (pane.follow && lines >= 0) return pane;
	return {follow: false, top: topOf(output, {follow: false, top}, height)};
}

/** The pane moved so that a line stands in its middle. */
export function showLine(output: OutputView, number: number, height: number): PaneState {
	return {follow: false, top: topOf(output, {follow: false, top: number - Math.floor(height / 2)}, height)};
}

const found = new WeakMap<OutputView, {version: number; text: string; matches: readonly number[]}>();

/** Numbers of the lines that contain the text; searched again only when there are new lines. */
export function matchesOf(output: OutputView, text: string): readonly number[] {
	if (text === '') return [];
	const known = found.get(output);
	if (known?.version === output.version && known.text === text) return known.matches;
	const matches = output.search(text);
	found.set(output, {version: output.version, text, matches});
	return matches;
}
