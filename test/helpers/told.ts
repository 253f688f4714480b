import {expect} from 'vitest';

/** How a process of the program ended. */
export type Ended = {readonly code: number; readonly stdout: string; readonly stderr: string};

/** What a person is told of one fault: its id (`usage` where there is none), the sentence with its evidence, and the next step. */
export type Told = {readonly id: string; readonly text: string; readonly next: string};

/** Every finding of severity error that a run printed as text, then the one sentence with which the program ended. */
export function readTold({stdout, stderr}: Ended): readonly Told[] {
	// Each line of a run begins with its target.
	const lines = stdout.split('\n').map((line) => line.replace(/^\S+ +/, ''));
	const findings = lines.flatMap((line, index) => {
		const [, id, sentence] = /^error (\S+): (.+)$/.exec(line) ?? [];
		if (id === undefined) return [];
		const arrow = lines.findIndex((other, at) => at > index && other.startsWith('→ '));
		const evidence = lines.slice(index + 1, arrow).join('\n');
		return [{id, text: `${sentence}\n${evidence}`, next: lines[arrow]?.slice(2) ?? ''}];
	});
	const said = stderr.split('\n').filter((line) => line !== '');
	const at = said.findIndex((line) => line.startsWith('meshboard: '));
	const [, sentence, id = 'usage'] = /^meshboard: (.+?)(?: \[(\S+)\])?$/.exec(said[at] ?? '') ?? [];
	if (sentence === undefined) return findings;
	const rest = said.slice(at + 1);
	const next = rest.filter((line) => !line.startsWith('  ')).at(-1) ?? '';
	return [...findings, {id, text: [sentence, ...rest].join('\n'), next}];
}

/** What holds whatever happens: no stack trace, no word of a bug, and no byte that a terminal would obey. */
export function expectManners({stdout, stderr}: Ended): void {
	const all = stdout + stderr;
	expect(all).not.toMatch(/^\s+at .+:\d+/m);
	expect(all).not.toMatch(/internal error|\bundefined\b|\[object |Error: /i);
	expect(all).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/);
}
