import {existsSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Pty} from '../helpers/pty.ts';
import {startRecording} from '../helpers/recording.ts';
import type {Size} from '../helpers/screen.ts';
import {svgOf} from '../helpers/svg.ts';

const media = join(import.meta.dirname, '..', '..', 'media');

/**
 * Writes what the terminal shows to media/NAME.svg: with MESHBOARD_MEDIA set (`npm run media`), or where that picture is missing.
 * Ports, times and ids are those of the run, so that pictures differ each time; left alone they tell the truth of one run.
 */
export async function takePicture(name: string, pty: Pty, size: Size): Promise<void> {
	if (!isWanted(name)) return;
	const {cols, rows} = pty.screen.terminal;
	pty.resize(size);
	await pty.waitFor((text) => isWhole(text, size));
	write(name, svgOf(pty.screen, {title: 'meshboard demo'}));
	pty.resize({columns: cols, rows});
	await pty.waitFor((text) => isWhole(text, {columns: cols, rows}));
}

/** Films a terminal from now on, for media/NAME.svg; where no picture is wanted nothing is held, and none written. */
export function startFilm(name: string, pty: Pty) {
	if (!isWanted(name)) return {async hold() {}, end() {}};
	const {hold, end} = startRecording(pty);
	return {hold, end: () => write(name, end('meshboard demo'))};
}

function isWanted(name: string): boolean {
	return Boolean(process.env['MESHBOARD_MEDIA']) || !existsSync(join(media, `${name}.svg`));
}

function write(name: string, picture: string): void {
	mkdirSync(media, {recursive: true});
	writeFileSync(join(media, `${name}.svg`), picture);
}

/** Drawn for this size: the title is on the first line, the keys are on the last. */
function isWhole(text: string, {rows}: Size): boolean {
	const lines = text.split('\n');
	return lines.length === rows && /^meshboard /.test(lines[0] ?? '') && /\S$/.test(lines.at(-1) ?? '');
}
