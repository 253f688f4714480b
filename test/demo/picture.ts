import {existsSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Pty} from '../helpers/pty.ts';
import type {Size} from '../helpers/screen.ts';
import {svgOf} from '../helpers/svg.ts';

const media = join(import.meta.dirname, '..', '..', 'media');

/**
 * Writes what the terminal shows to media/NAME.svg: with MESHBOARD_MEDIA set (`npm run media`), or where that picture is missing.
 * Ports, times and ids are those of the run, so that pictures differ each time; left alone they tell the truth of one run.
 */
export async function takePicture(name: string, pty: Pty, size: Size): Promise<void> {
	const path = join(media, `${name}.svg`);
	if (!process.env['MESHBOARD_MEDIA'] && existsSync(path)) return;
	const {cols, rows} = pty.screen.terminal;
	pty.resize(size);
	await pty.waitFor((text) => isWhole(text, size));
	mkdirSync(media, {recursive: true});
	writeFileSync(path, svgOf(pty.screen, {title: 'meshboard demo'}));
	pty.resize({columns: cols, rows});
	await pty.waitFor((text) => isWhole(text, {columns: cols, rows}));
}

/** Drawn for this size: the title is on the first line, the keys are on the last. */
function isWhole(text: string, {rows}: Size): boolean {
	const lines = text.split('\n');
	return lines.length === rows && /^meshboard /.test(lines[0] ?? '') && /\S$/.test(lines.at(-1) ?? '');
}
