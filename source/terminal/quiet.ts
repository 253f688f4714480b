import process from 'node:process';

/** What was printed while the screen was up, and the function that lets printing through again. */
export type Held = {release(): string};

/** No more than this is kept, in UTF-16 units. */
const most = 64 * 1024;

/**
 * Keeps libraries and Node's own warnings from printing into the frame: what goes to console and stderr is held back and
 * given out after the screen is gone.
 */
export function holdPrinting(): Held {
	let held = '';
	const hold = (text: string) => {
		held = (held + text).slice(-most);
	};
	const {write} = process.stderr;
	process.stderr.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
		hold(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
		const done = rest.at(-1);
		if (typeof done === 'function') done();
		return true;
	};
	const methods = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const;
	const originals = methods.map((method) => [method, console[method]] as const);
	for (const method of methods) console[method] = (...words: unknown[]) => hold(`${words.map(String).join(' ')}\n`);
	return {
		release() {
			process.stderr.write = write;
			for (const [method, original] of originals) console[method] = original;
			return held;
		},
	};
}
