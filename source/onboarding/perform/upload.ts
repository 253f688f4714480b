import {posix} from 'node:path';
import type {LocalFile} from '../../ports.ts';
import {commandLine, quote} from '../../vm/quote.ts';
import type {Answers, Upload} from '../action.ts';
import type {AsRoot, OnOutput} from './performer.ts';
import {copyFailed} from './write.ts';

const mebibyte = 1024 * 1024;
/** A line of progress for every so many parts of the file. */
const tellEvery = 10;

/** Copies a file to the VM as root's, unless it is there; arrives under another name and is renamed once its SHA-256 is right. */
export async function uploadFile(
	root: AsRoot,
	{from, to}: Upload,
	open: (path: string) => Promise<LocalFile>,
	onOutput: OnOutput,
	timeoutSeconds: number,
): Promise<Answers['upload']> {
	const file = await open(from);
	const sum = (path: string) => `[ "$(sha256sum <${quote(path)} 2>/dev/null | cut -c1-64)" = ${file.sha256} ]`;
	const there = await root.exec(`sh -c ${quote(sum(to))}`, {timeoutSeconds});
	if (there.code === 0) return {sent: false, bytes: file.bytes};
	const part = `${to}.part`;
	const script = [
		`umask 022; mkdir -p ${quote(posix.dirname(to))} || exit 1`,
		`cat >${quote(part)} && { ${sum(part)} || { echo ${quote(`${to} differs after the copy`)} >&2; false; }; } && ${commandLine(['mv', '-f', part, to])}`,
		`code=$?; ${commandLine(['rm', '-f', part])}; exit $code`,
	].join('\n');
	const input = counted(file, (sent) => {
		const text = `${Math.round(sent / mebibyte)} of ${Math.round(file.bytes / mebibyte)} MiB\n`;
		onOutput('stdout', Buffer.from(text));
	});
	const {code, stderr} = await root.exec(`sh -c ${quote(script)}`, {input, timeoutSeconds});
	if (code !== 0) throw copyFailed(root, posix.dirname(to), stderr);
	return {sent: true, bytes: file.bytes};
}

async function* counted(file: LocalFile, tell: (sent: number) => void): AsyncGenerator<Uint8Array> {
	let sent = 0;
	let told = 0;
	for await (const part of file.read()) {
		yield part;
		sent += part.length;
		const reached = Math.floor((sent * tellEvery) / Math.max(1, file.bytes));
		if (reached > told) tell(sent);
		told = reached;
	}
}
