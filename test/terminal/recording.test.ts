import {expect, it} from 'vitest';
import {startPty} from '../helpers/pty.ts';
import {startRecording} from '../helpers/recording.ts';

it('films a terminal: each line is a strip of what it showed, pulled at the times of its changes', async ({
	onTestFinished,
}) => {
	const script = "printf 'still\\r\\none'; read _; printf '\\rtwo'; read _; printf '\\rone'; read _";
	const pty = startPty('/bin/sh', ['-c', `stty -echo; ${script}`], {columns: 20, rows: 3});
	onTestFinished(() => pty.close());
	await pty.waitFor('one');
	const film = startRecording(pty);
	for (const shown of ['two', 'one']) {
		await film.hold(2000);
		pty.type('\n');
		await pty.waitFor(new RegExp(`^${shown}`, 'm'));
	}
	const picture = film.end('a film');
	expect(picture.match(/>still +<\/text>/g)).toHaveLength(1);
	expect(picture.match(/>one +<\/text>/g), 'what comes again is drawn once').toHaveLength(1);
	const steps = /@keyframes l1\{(.*)\}/.exec(picture)?.[1] ?? '';
	expect(steps.match(/translateY\(-?\d+px\)/g)).toEqual(['translateY(0px)', 'translateY(-18px)', 'translateY(0px)']);
	const seconds = Number(/animation:([\d.]+)s step-end/.exec(picture)?.[1]);
	const [, second = 0] = [...steps.matchAll(/([\d.]+)%/g)].map((match) => (Number(match[1]) / 100) * seconds);
	expect(second, 'held as long as somebody reads it').toBeGreaterThan(2);
	expect(picture, 'a line that never changes does not move').not.toContain('@keyframes l0');
	expect(picture).toContain('prefers-reduced-motion');
});
