import {plainText} from './plain-text.ts';
import {quote} from './quote.ts';
import {fieldOf, parseSections, probeScript, type Said} from './sections.ts';

/** What is there of a file of the bundle, as the SSH user sees it. */
export type FileState = 'file' | 'empty' | 'directory' | 'absent' | 'unreadable' | 'unknown';

/** What bootstrap left in the directory on the VM, and where the VM itself finds istiod. */
export type BundleProbe = {
	readonly token: FileState;
	/** The middle part of the token: its claims. The others stay on the VM. */
	readonly payload: string;
	readonly root: FileState;
	/** PEM of the root certificates. */
	readonly rootCertificate: string;
	/** What istiod's name resolves to on the VM; none when it does not. */
	readonly istiodAddresses: readonly string[];
	/** The VM's clock, seconds since 1970; 0 when unknown. */
	readonly clock: number;
};

/** The command that reads the bundle in one round trip; `parseBundleProbe` reads what it prints. Changes nothing. */
export function bundleProbeCommand({configDir, istiod}: {configDir: string; istiod: string}): string {
	const path = (name: string) => quote(`${configDir}/${name}`);
	const state = (name: string) =>
		[
			`f=${path(name)}`,
			'if [ -d "$f" ]; then echo state directory; elif [ ! -e "$f" ]; then echo state absent',
			'elif [ ! -s "$f" ]; then echo state empty; elif [ -r "$f" ]; then echo state file; else echo state unreadable; fi',
		].join('\n');
	return probeScript('', [
		{name: 'token', commands: state('istio-token')},
		{name: 'payload', commands: `cut -s -d. -f2 ${path('istio-token')} 2>/dev/null`},
		{name: 'root', commands: state('istio-ca.pem')},
		{name: 'pem', commands: `cat ${path('istio-ca.pem')} 2>/dev/null`},
		{name: 'istiod', commands: `getent hosts ${quote(istiod)}`},
		{name: 'clock', commands: 'date -u +%s'},
	]);
}

/** undefined when the answer has no end. Total. */
export function parseBundleProbe(output: string): BundleProbe | undefined {
	const sections = parseSections(output);
	if (!sections.has('clock')) return undefined;
	const lines = (name: string) => sections.get(name)?.lines ?? [];
	const clock = lines('clock')[0] ?? '';
	const resolved = sections.get('istiod')?.code === 0 ? lines('istiod') : [];
	return {
		token: stateOf(sections.get('token')),
		payload: lines('payload').join('\n'),
		root: stateOf(sections.get('root')),
		rootCertificate: lines('pem').join('\n'),
		istiodAddresses: resolved.map((line) => plainText(line.split(/\s+/)[0] ?? '', 60)),
		clock: /^\d{1,12}$/.test(clock) ? Number(clock) : 0,
	};
}

const states = ['file', 'empty', 'directory', 'absent', 'unreadable'] as const;

function stateOf(said: Said | undefined): FileState {
	const word = fieldOf(said, 'state');
	return states.find((state) => state === word) ?? 'unknown';
}
