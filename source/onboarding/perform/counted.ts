import type {LocalFile} from '../../ports.ts';
import type {OnOutput} from './on-output.ts';

const mebibyte = 1024 * 1024;
/** A line of progress for every so many parts of the file. */
const tellEvery = 10;

/** A file part by part, with a line of output for each tenth that the VM has taken. */
export async function* counted(file: LocalFile, onOutput: OnOutput): AsyncGenerator<Uint8Array> {
	let sent = 0;
	let told = 0;
	for await (const part of file.read()) {
		yield part;
		sent += part.length;
		const reached = Math.floor((sent * tellEvery) / Math.max(1, file.bytes));
		if (reached > told) {
			const text = `${Math.round(sent / mebibyte)} of ${Math.round(file.bytes / mebibyte)} MiB\n`;
			onOutput('stdout', Buffer.from(text));
		}
		told = reached;
	}
}
