import {createHmac} from 'node:crypto';
import {keyType} from './key-blob.ts';

/** A usable line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export type KnownHost = {
	readonly file: string;
	/** From 1. */
	readonly line: number;
	readonly marker: 'revoked' | 'cert-authority' | undefined;
	/** Comma list of names and wildcards, or `|1|salt|hash`. */
	readonly hosts: string;
	readonly key: Buffer;
};

/** What known_hosts says of a key that a host shows. */
export type Verdict =
	| {readonly kind: 'trusted'}
	| {readonly kind: 'revoked'; readonly by: KnownHost}
	| {readonly kind: 'changed'; readonly by: KnownHost}
	/** `others`: keys of other types for the host; `authorities`: certificate authorities that would vouch for it. */
	| {readonly kind: 'unknown'; readonly others: readonly KnownHost[]; readonly authorities: readonly KnownHost[]};

/** Reads a file; like OpenSSH it passes over comments and lines that make no sense. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
	return text.split('\n').flatMap((content, index) => {
		const fields = content.trim().split(/[ \t]+/);
		const marker =
			fields[0] === '@revoked' ? 'revoked' : fields[0] === '@cert-authority' ? 'cert-authority' : undefined;
		const [hosts = '', type = '', base64 = ''] = marker === undefined ? fields : fields.slice(1);
		if (hosts === '' || hosts.startsWith('#') || hosts.startsWith('@')) return [];
		const key = Buffer.from(base64, 'base64');
		return keyType(key) === type && type !== '' ? [{file, line: index + 1, marker, hosts, key}] : [];
	});
}

/** The name under which a host is recorded: bare on port 22, `[host]:port` on another; an alias stands for itself. */
export function recordedName(host: string, port: number): string {
	const name = host.toLowerCase();
	return port === 22 ? name : `[${name}]:${port}`;
}

/** True when a line's host field means this recorded name: hashed, exact or wildcard, and not negated. */
export function matchesHost(hosts: string, name: string): boolean {
	const host = name.toLowerCase();
	if (hosts.startsWith('|')) {
		const [, version, salt = '', hash = ''] = hosts.split('|');
		return version === '1' && hmac(salt, host) === hash;
	}
	let matched = false;
	for (const word of hosts.toLowerCase().split(',')) {
		if (word.startsWith('!')) {
			if (wildcard(word.slice(1)).test(host)) return false;
		} else if (wildcard(word).test(host)) {
			matched = true;
		}
	}
	return matched;
}

/**
 * Judges a key as OpenSSH does (sshconnect.c, check_host_key): a revoked key is never trusted, an equal key is, another key
 * of the same type means that the host changed. A host on another port than 22 may also be known by its bare name.
 */
export function judgeHostKey(known: readonly KnownHost[], name: string, key: Buffer): Verdict {
	const lines = known.filter((line) => matchesHost(line.hosts, name));
	const revoked = lines.find((line) => line.marker === 'revoked' && line.key.equals(key));
	if (revoked) return {kind: 'revoked', by: revoked};
	const plain = lines.filter((line) => line.marker === undefined);
	if (plain.some((line) => line.key.equals(key))) return {kind: 'trusted'};
	const changed = plain.find((line) => keyType(line.key) === keyType(key));
	if (changed) return {kind: 'changed', by: changed};
	const bare = /^\[(.+)\]:\d+$/.exec(name)?.[1];
	if (bare !== undefined) {
		const verdict = judgeHostKey(known, bare, key);
		if (verdict.kind === 'trusted' || verdict.kind === 'revoked') return verdict;
	}
	return {kind: 'unknown', others: plain, authorities: lines.filter((line) => line.marker === 'cert-authority')};
}

/** The types of key recorded for a host, to ask the server for one of them first. */
export function recordedTypes(known: readonly KnownHost[], name: string): string[] {
	const lines = known.filter((line) => line.marker === undefined && matchesHost(line.hosts, name));
	return [...new Set(lines.map((line) => keyType(line.key)))];
}

/** A line to append. `salt` (20 bytes): the name is hashed, as HashKnownHosts wants it. */
export function knownHostsLine(name: string, key: Buffer, salt?: Buffer): string {
	const base64 = salt?.toString('base64');
	const hosts = base64 === undefined ? name.toLowerCase() : `|1|${base64}|${hmac(base64, name.toLowerCase())}`;
	return `${hosts} ${keyType(key)} ${key.toString('base64')}\n`;
}

function hmac(salt: string, host: string): string {
	return createHmac('sha1', Buffer.from(salt, 'base64')).update(host).digest('base64');
}

function wildcard(pattern: string): RegExp {
	const source = pattern
		.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
		.replaceAll(/\*+/g, '.*')
		.replaceAll('?', '.');
	return new RegExp(`^${source}$`, 's');
}
