import {posix} from 'node:path';
import type {LocalFile} from '../../ports.ts';
import {commandLine, quote} from '../../vm/quote.ts';
import type {Answers, Upload} from '../action.ts';
import {counted} from './counted.ts';
import type {AsRoot} from './exec.ts';
import type {OnOutput} from './on-output.ts';
import {copyFailed} from './write.ts';

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
	const input = counted(file, onOutput);
	const {code, stderr} = await root.exec(`sh -c ${quote(script)}`, {input, timeoutSeconds});
	if (code !== 0) throw copyFailed(root, posix.dirname(to), stderr);
	return {sent: true, bytes: file.bytes};
}
