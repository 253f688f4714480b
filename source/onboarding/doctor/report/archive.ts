import {createHash} from 'node:crypto';
import {readPayload} from '../../../mesh/token.ts';
import {sanitise} from '../../../output/sanitise.ts';
import type {Dump} from '../dumps.ts';
import {isHealthy} from '../examination.ts';
import type {DoctorRecord} from '../record.ts';
import {markdownReport, type Reported} from './markdown.ts';

/** Grows when an older meshboard could not read what a newer one writes. */
export const archiveFormat = 1;

/** What `manifest.json` says of the archive and each of its files (docs/doctor.md). */
export type Manifest = {
	readonly format: number;
	/** RFC 3339. */
	readonly madeAt: string;
	readonly versions: Readonly<Record<string, string>>;
	readonly targets: ReadonlyArray<{
		readonly target: string;
		readonly folder: string;
		readonly healthy: boolean;
		readonly findings: readonly string[];
	}>;
	readonly files: ReadonlyArray<{
		readonly path: string;
		readonly what: string;
		readonly source: string;
		readonly at: string;
		readonly bytes: number;
		readonly sha256: string;
	}>;
	readonly missing: ReadonlyArray<{
		readonly path: string;
		readonly what: string;
		readonly source: string;
		readonly at: string;
		readonly reason: string;
	}>;
};

/** Bytes of all files together, so that whoever reads them may refuse what would fill the memory. */
export const largestArchive = 400 * 1024 * 1024;

type File = Pick<Manifest['files'][number], 'path' | 'what' | 'source' | 'at'> & {readonly content: string};

/**
 * All that is known of some proxies, as files for an archive; no secret is in what it is given. Modes are the owner's alone. Dumps for
 * which there is no room any more are told as missing.
 */
export function archiveFiles(
	all: ReadonlyArray<Reported & {readonly dumps: readonly Dump[]}>,
	{madeAt, versions}: Pick<Manifest, 'madeAt' | 'versions'>,
): ReadonlyArray<{readonly path: string; readonly mode: number; readonly content: string}> {
	const examined = withinRoom(all);
	const report: File = {
		path: 'report.md',
		what: 'the report for a person',
		source: 'meshboard doctor',
		at: madeAt,
		content: markdownReport(examined, versions['meshboard'] ?? ''),
	};
	const folders = examined.map(({record}) => folderOf(record.target));
	const files: readonly File[] = [
		report,
		...examined.flatMap(({record, dumps}, index) => [
			{
				path: `${folders[index]}/facts.json`,
				what: 'what the findings are judged by',
				source: 'meshboard doctor',
				at: record.begunAt,
				content: `${JSON.stringify(withClaims(record), undefined, '\t')}\n`,
			},
			...dumps.flatMap((dump): readonly File[] => {
				if (!('content' in dump)) return [];
				const {what, source, at} = dump;
				return [{path: `${folders[index]}/${safe(dump.path)}`, what, source, at, content: plain(dump.content)}];
			}),
		]),
	];
	const missing = examined.flatMap(({dumps}, index) =>
		dumps.flatMap((dump) => {
			if (!('reason' in dump)) return [];
			const {what, source, at, reason} = dump;
			return [{path: `${folders[index]}/${safe(dump.path)}`, what, source, at, reason: plain(reason)}];
		}),
	);
	const manifest: Manifest = {
		format: archiveFormat,
		madeAt,
		versions,
		targets: examined.map(({examined: one}, index) => ({
			target: one.target,
			folder: folders[index] ?? '',
			healthy: isHealthy(one),
			findings: one.findings.map(({id}) => id),
		})),
		files: files.map(({content, path, what, source, at}) => ({
			path,
			what,
			source: plain(source),
			at,
			bytes: Buffer.byteLength(content),
			sha256: sha256(content),
		})),
		missing,
	};
	const first = {path: 'manifest.json', content: `${JSON.stringify(manifest, undefined, '\t')}\n`};
	return [first, ...files].map(({path, content}) => ({path, mode: 0o600, content}));
}

function withinRoom<One extends {readonly dumps: readonly Dump[]}>(all: readonly One[]): readonly One[] {
	// Facts and report are small beside the dumps; half is theirs.
	let room = largestArchive / 2;
	return all.map((one) => ({
		...one,
		dumps: one.dumps.map((dump): Dump => {
			if (!('content' in dump)) return dump;
			const {content, ...about} = dump;
			const bytes = Buffer.byteLength(content);
			if (bytes > room) return {...about, reason: `left out: ${bytes} bytes are too many for this archive`};
			room -= bytes;
			return dump;
		}),
	}));
}

export function sha256(content: string | Uint8Array): string {
	return createHash('sha256').update(content).digest('hex');
}

/** Names of entries and pods are names of DNS; whatever else comes is no path. */
function safe(path: string): string {
	const words = path.split('/').map((word) => word.replaceAll(/[^\w.-]/g, '_').replace(/^\.+/, '_'));
	return words.join('/').slice(0, 200);
}

function folderOf(target: string): string {
	return safe(target.replaceAll('/', '_'));
}

/** Of a token its claims, as everybody may read them, and nothing that looks like a part of one. */
function withClaims(record: DoctorRecord): DoctorRecord {
	return changePayload(record, (payload) => {
		const claims = readPayload(payload);
		if (claims === undefined) return '';
		const {audience, issuer, subject, issuedAt, expiresAt, namespace, serviceAccount, serviceAccountUid} = claims;
		return JSON.stringify({
			aud: audience,
			iss: issuer,
			sub: subject,
			iat: issuedAt,
			exp: expiresAt,
			'kubernetes.io': {namespace, serviceaccount: {name: serviceAccount, uid: serviceAccountUid}},
		});
	});
}

/** The other way round, as a VM hands it out. */
export function withPayload(record: DoctorRecord): DoctorRecord {
	return changePayload(record, (claims) => (claims === '' ? '' : Buffer.from(claims).toString('base64url')));
}

function changePayload(record: DoctorRecord, change: (payload: string) => string): DoctorRecord {
	const {proxy} = record.facts;
	const bundle = proxy.state === 'known' ? proxy.value.bundle : undefined;
	if (proxy.state !== 'known' || bundle === undefined) return record;
	const value = {...proxy.value, bundle: {...bundle, payload: change(bundle.payload)}};
	return {...record, facts: {...record.facts, proxy: {...proxy, value}}};
}

function plain(text: string): string {
	return text.split('\n').map(sanitise).join('\n');
}
