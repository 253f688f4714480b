import {spawnSync} from 'node:child_process';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {MarkedStream} from '../../source/ssh/marked-stream.ts';
import {OutputTail} from '../../source/ssh/output-tail.ts';
import {killCommand, wrapCommand} from '../../source/ssh/remote-command.ts';

const shells = ['sh', 'bash', 'dash', 'fish', 'csh', 'tcsh', 'ksh', 'mksh', 'zsh'].map((shell) => ({
	shell,
	missing: spawnSync(shell, ['-c', 'exit 0']).error === undefined ? '' : ': skipped, it is not installed',
}));

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

describe.each(shells)('a command that the login shell $shell starts$missing', ({shell, missing}) => {
	const run = (command: string) => spawnSync(shell, ['-c', wrapCommand(command, 'MARK')], {encoding: 'utf8'});

	it.skipIf(missing !== '')('is run by POSIX sh as it stands', () => {
		const text = fc.string({unit: fc.constantFrom(...` '"\\$\`!^~*?[]{}()<>|&;#%=\n\tab1é€`), maxLength: 30});
		fc.assert(
			fc.property(text, (word) => {
				const {stdout, stderr, status} = run(`printf '%s|' ${quote(word)}; exit 7`);
				expect([stdout.replace(/^\u001eMARK \d+\n/, ''), stderr, status]).toEqual([`${word}|`, '\u001eMARK\n', 7]);
			}),
			{numRuns: 15},
		);
	});

	it.skipIf(missing !== '')('may be a long script with here-documents', () => {
		const script = `cat <<'EOF'\n${`it's $HOME !! \\n\n`.repeat(800)}EOF\n`;
		const {stdout} = run(script);
		expect(stdout.split('\n').slice(1).join('\n')).toBe(`it's $HOME !! \\n\n`.repeat(800));
	});
});

describe('the marker', () => {
	const collect = async (chunks: readonly string[]) => {
		let output = '';
		const stream = new MarkedStream('MARK', (chunk) => {
			output += Buffer.from(chunk).toString('latin1');
		});
		for (const chunk of chunks) stream.push(Buffer.from(chunk, 'latin1'));
		stream.end();
		const processId = await stream.processId;
		return {output, processId};
	};

	it('divides noise from output, however the bytes arrive', async () => {
		const cuts = fc.array(fc.nat(60), {maxLength: 6});
		await fc.assert(
			fc.asyncProperty(fc.string(), fc.string(), cuts, async (noise, output, places) => {
				const all = Buffer.from(`${noise}\u001eMARK 4711\n${output}`).toString('latin1');
				const ends = [...places.filter((place) => place < all.length).sort((a, b) => a - b), all.length];
				const chunks = ends.map((end, index) => all.slice(ends[index - 1] ?? 0, end));
				expect(await collect(chunks)).toEqual({output: Buffer.from(output).toString('latin1'), processId: 4711});
			}),
		);
	});

	it('is not needed: without it all was output', async () => {
		expect(await collect(['This account is ', 'not available.\n'])).toEqual({
			output: 'This account is not available.\n',
			processId: undefined,
		});
	});

	it('is never a process id that a kill would take for all processes', async () => {
		expect((await collect(['\u001eMARK 1\n'])).processId).toBeUndefined();
		expect((await collect(['\u001eMARK x\n'])).processId).toBeUndefined();
	});
});

describe('the kept output', () => {
	it('is the end of what came, without half a character', () => {
		fc.assert(
			fc.property(
				fc.array(fc.string({unit: fc.constantFrom('a', 'é', '€', '😀')})),
				fc.integer({min: 4, max: 20}),
				(chunks, limit) => {
					const tail = new OutputTail(limit);
					for (const chunk of chunks) tail.push(Buffer.from(chunk));
					const all = chunks.join('');
					expect(all.endsWith(tail.text())).toBe(true);
					expect(Buffer.byteLength(tail.text())).toBeLessThanOrEqual(limit);
					expect(Buffer.byteLength(tail.text())).toBeGreaterThan(Math.min(Buffer.byteLength(all), limit) - 4);
				},
			),
		);
	});
});

it('kills with the rights that it is told to use', () => {
	expect(killCommand(77, '')).toMatch(/^kill -s TERM -- -77 /);
	expect(killCommand(77, 'sudo -n ').match(/(^|\s)kill/g)).toHaveLength(
		killCommand(77, 'sudo -n ').match(/sudo -n kill/g)?.length ?? 0,
	);
});
