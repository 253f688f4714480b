import {execFileSync, spawnSync} from 'node:child_process';
import {createHmac, randomBytes} from 'node:crypto';
import {readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {fingerprint} from '../../source/ssh/key-blob.ts';
import {
	judgeHostKey,
	knownHostsLine,
	matchesHost,
	parseKnownHosts,
	recordedName,
	recordedTypes,
} from '../../source/ssh/known-hosts.ts';
import {appendKnownHost, readKnownHosts} from '../../source/ssh/known-hosts-files.ts';
import {temporaryFolder} from '../helpers/sshd.ts';

function key(type: string, seed: number): Buffer {
	const field = (data: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, data.length]), data]);
	return Buffer.concat([field(Buffer.from(type)), field(Buffer.alloc(32, seed))]);
}
const one = key('ssh-ed25519', 1);
const two = key('ssh-ed25519', 2);
const rsa = key('ssh-rsa', 3);
const line = (hosts: string, blob = one) =>
	`${hosts} ${blob.toString('base64').length > 0 ? blob.toString('latin1', 4, 4 + (blob[3] ?? 0)) : ''} ${blob.toString('base64')}`;
const judge = (text: string, name: string, blob: Buffer) => judgeHostKey(parseKnownHosts(text, 'kh'), name, blob).kind;

describe('known_hosts', () => {
	it.each([
		['trusts the recorded key', line('vm'), 'vm', one, 'trusted'],
		['knows a name in any case', line('VM.example'), 'vm.EXAMPLE', one, 'trusted'],
		['sees a changed key of the type', line('vm'), 'vm', two, 'changed'],
		['trusts any of several keys', `${line('vm', two)}\n${line('vm')}`, 'vm', one, 'trusted'],
		['does not take a key of another type for a change', line('vm', rsa), 'vm', one, 'unknown'],
		['does not know another host', line('vm'), 'vm2', one, 'unknown'],
		['reads a comma list', line('a,vm,10.0.0.1'), '10.0.0.1', one, 'trusted'],
		['reads wildcards', line('10.0.?.*'), '10.0.3.77', one, 'trusted'],
		['takes a dot as a dot', line('10.0.0.1'), '10x0x0x1', one, 'unknown'],
		['obeys negation', line('*.example,!bad.example'), 'bad.example', one, 'unknown'],
		['refuses a revoked key', `@revoked ${line('*')}\n${line('vm')}`, 'vm', one, 'revoked'],
		['takes another key than the revoked', `@revoked ${line('*', two)}\n${line('vm')}`, 'vm', one, 'trusted'],
		['keeps hosts and ports apart', line('[vm]:2222', two), '[vm]:2223', one, 'unknown'],
		['sees a change on a port', line('[vm]:2222', two), '[vm]:2222', one, 'changed'],
		['knows a port by the bare name too, as OpenSSH', line('vm'), '[vm]:2222', one, 'trusted'],
		['does not call another bare key a change', line('vm', two), '[vm]:2222', one, 'unknown'],
		['refuses what is revoked for the bare name', `@revoked ${line('vm')}`, '[vm]:2222', one, 'revoked'],
		['does not trust an authority as a key', `@cert-authority ${line('*')}`, 'vm', one, 'unknown'],
		[
			'passes over comments, empty and broken lines',
			`# ${line('vm', two)}\n\nvm ssh-ed25519 AAAA\nvm 1024 35 123\n@odd ${line('vm', two)}`,
			'vm',
			one,
			'unknown',
		],
	])('%s', (_title, text, name, blob, verdict) => {
		expect(judge(text, name, blob)).toBe(verdict);
	});

	it('tells of other keys and of certificate authorities', () => {
		const text = `${line('vm', rsa)}\n@cert-authority ${line('*', two)}`;
		const verdict = judgeHostKey(parseKnownHosts(text, 'kh'), 'vm', one);
		expect(verdict).toMatchObject({kind: 'unknown', others: [{line: 1, file: 'kh'}], authorities: [{line: 2}]});
		expect(recordedTypes(parseKnownHosts(text, 'kh'), 'vm')).toEqual(['ssh-rsa']);
	});

	it('writes a line that it reads, hashed or not', () => {
		fc.assert(
			fc.property(
				fc.domain(),
				fc.integer({min: 1, max: 65_535}),
				fc.option(fc.uint8Array({minLength: 20, maxLength: 20})),
				(host, port, salt) => {
					const name = recordedName(host, port);
					const text = knownHostsLine(name, one, salt === null ? undefined : Buffer.from(salt));
					expect(judge(text, name, one)).toBe('trusted');
					expect(judge(text, name, two)).toBe('changed');
					if (salt !== null) expect(text).not.toContain(host);
				},
			),
		);
	});

	it('finds what `ssh-keygen -F` finds', () => {
		const folder = temporaryFolder();
		const name = fc.constantFrom(
			'vm',
			'a.example',
			'b.example',
			'10.0.0.1',
			'10.0.0.12',
			'::1',
			'[vm]:2222',
			'[10.0.0.1]:22',
			'[a.example]:2200',
		);
		const pattern = fc.oneof(
			name,
			fc.constantFrom('*', '*.example', '10.0.0.?', '!vm', '!*.example', '[vm]:*', '[*]:2222', '?m'),
		);
		const plain = fc.array(pattern, {minLength: 1, maxLength: 3}).map((words) => words.join(','));
		const hashed = name.map((text) => {
			const salt = randomBytes(20);
			return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(text).digest('base64')}`;
		});
		const marker = fc.constantFrom('', '', '', '@revoked ', '@cert-authority ', '# ');
		const lines = fc.array(
			fc
				.tuple(marker, fc.oneof(plain, hashed), fc.constantFrom(one, two, rsa))
				.map(([mark, hosts, blob]) => `${mark}${line(hosts, blob)}`),
			{minLength: 1, maxLength: 5},
		);
		fc.assert(
			fc.property(lines, name, (all, wanted) => {
				const file = join(folder, 'kh');
				writeFileSync(file, `${all.join('\n')}\n`);
				const found = spawnSync('ssh-keygen', ['-F', wanted, '-f', file], {encoding: 'utf8'}).stdout;
				const theirs = [...found.matchAll(/found: line (\d+)/g)].map((match) => Number(match[1]));
				const ours = parseKnownHosts(all.join('\n'), file).filter(({hosts}) => matchesHost(hosts, wanted));
				expect(ours.map((host) => host.line)).toEqual(theirs);
			}),
			{numRuns: 60},
		);
	});

	it('reads what `ssh-keygen -H` hashed, and ssh-keygen finds and removes what it appended', async () => {
		const file = join(temporaryFolder(), '.ssh', 'known_hosts');
		await appendKnownHost(file, knownHostsLine('vm', one));
		await appendKnownHost(file, knownHostsLine('[vm]:2222', two, randomBytes(20)));
		expect(statSync(file).mode & 0o777).toBe(0o600);
		expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
		execFileSync('ssh-keygen', ['-H', '-f', file], {stdio: 'ignore'});
		expect(readFileSync(file, 'utf8')).not.toMatch(/^\[?vm/m);
		const known = await readKnownHosts([file, join(file, '..', 'none')]);
		expect(judgeHostKey(known, 'vm', one).kind).toBe('trusted');
		expect(judgeHostKey(known, '[vm]:2222', two).kind).toBe('trusted');
		execFileSync('ssh-keygen', ['-R', '[vm]:2222', '-f', file], {stdio: 'ignore'});
		expect((await readKnownHosts([file])).map((host) => host.key)).toEqual([one]);
	});

	it('ends an unfinished last line before it appends, and keeps the mode of a file that is there', async () => {
		const file = join(temporaryFolder(), 'known_hosts');
		writeFileSync(file, line('a'), {mode: 0o644});
		await appendKnownHost(file, knownHostsLine('b', two));
		expect(readFileSync(file, 'utf8').split('\n')).toEqual([line('a'), line('b', two), '']);
		expect(statSync(file).mode & 0o777).toBe(0o644);
	});

	it('says which file cannot be read or written', async () => {
		const folder = temporaryFolder();
		await expect(readKnownHosts([folder])).rejects.toMatchObject({code: 'configuration', exitCode: 78});
		await expect(appendKnownHost(folder, 'x\n')).rejects.toMatchObject({code: 'configuration', exitCode: 78});
	});

	it('prints fingerprints as ssh-keygen does', () => {
		const file = join(temporaryFolder(), 'key.pub');
		writeFileSync(file, `${line('', one).trim()}\n`);
		expect(execFileSync('ssh-keygen', ['-lf', file], {encoding: 'utf8'})).toContain(fingerprint(one));
	});
});
