import {answerLimit, answerTooLarge} from '../output/answer-limit.ts';

/** What has no end of its head by then is no HTTP; in bytes. */
const longestHead = 1 << 20;

/** `whole`: some proxies keep the channel open after the answer. `wrong`: no more of it is wanted, and why. */
type Collected = 'partial' | 'whole' | {readonly wrong: string};

/** Collects an answer of HTTP/1.0 that comes in pieces. */
export function collectAnswer() {
	const chunks: Buffer[] = [];
	let size = 0;
	let head: {readonly end: number; readonly text: string} | undefined;
	return {
		add(chunk: Buffer): Collected {
			chunks.push(chunk);
			size += chunk.length;
			if (head === undefined) {
				const all = Buffer.concat(chunks);
				const end = all.indexOf('\r\n\r\n');
				if (end !== -1) head = {end: end + 4, text: all.subarray(0, end).toString('latin1')};
				else if (size > longestHead) return {wrong: 'what came is no HTTP'};
			}
			if (size > answerLimit) return {wrong: answerTooLarge};
			const length = head && /^content-length: *(\d+)/im.exec(head.text)?.[1];
			return head !== undefined && length !== undefined && size >= head.end + Number(length) ? 'whole' : 'partial';
		},
		/** undefined where it is no answer. */
		parse(): {status: number; body: string} | undefined {
			const status = head && /^HTTP\/\d\.\d (\d{3})/.exec(head.text)?.[1];
			if (head === undefined || status === undefined) return undefined;
			return {status: Number(status), body: Buffer.concat(chunks).subarray(head.end).toString('utf8')};
		},
	};
}
