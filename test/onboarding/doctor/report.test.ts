import fc from 'fast-check';
import {describe, expect, it, test} from 'vitest';
import {UserError} from '../../../source/errors.ts';
import type {Dump} from '../../../source/onboarding/doctor/dumps.ts';
import type {DoctorFacts} from '../../../source/onboarding/doctor/facts.ts';
import {type DoctorRecord, examinedOf} from '../../../source/onboarding/doctor/record.ts';
import {archiveFiles, sha256} from '../../../source/onboarding/doctor/report/archive.ts';
import {markdownReport, type Reported} from '../../../source/onboarding/doctor/report/markdown.ts';
import {readArchive} from '../../../source/onboarding/doctor/report/read-archive.ts';
import {withoutSecrets} from '../../../source/output/clean-value.ts';
import {createRedactor} from '../../../source/output/redact.ts';
import {ran} from '../drive.ts';
import {now, ok, syncz, tokenOf} from '../verify/world.ts';
import {answer, clock, contextOf, factsOf, inspection, sound} from './sound.ts';

/* The report of an examination and its archive: what they hold, what they do not, and that they say the same as what was seen. */

const {target, options} = contextOf();

function recordOf(facts: DoctorFacts, change: Partial<DoctorRecord> = {}): DoctorRecord {
	const about = {target: target.ref, begunAt: '2026-08-27T10:00:00.000Z', seconds: 1.5, serverTime: clock};
	return {...about, context: {target, options}, facts, faults: [], ...change};
}

const reported = (record: DoctorRecord): Reported => ({record, examined: examinedOf(record)});
const bundle = sound.proxy.bundle;
const ended = factsOf({
	proxy: {bundle: {...(bundle as NonNullable<typeof bundle>), payload: tokenOf({exp: now - 60})}},
	envoy: {ready: ok('not ready', 503), connected: false, certs: ok({certificates: []})},
});

const faults: Readonly<Record<string, DoctorRecord>> = {
	nothing: recordOf(factsOf()),
	'token.expired': recordOf(ended),
	'proxy.not-running': recordOf(
		factsOf({proxy: {inspection: ran('[]', 1, 'Error: No such container: istio-proxy'), bundle: undefined}}),
	),
	'xds.not-synced': recordOf(
		factsOf({istiod: {syncz: answer(syncz({cluster_sent: 'b', cluster_acked: 'a'}))}}, {gateway: 'not done'}),
	),
	'app.not-listening': recordOf(factsOf({vm: {vm: {...sound.vm.vm, listeners: []}}})),
	'vm.clock-skew': recordOf(factsOf({vm: {serverTime: sound.vm.vm.clock + 4000}})),
};

const about = {madeAt: '2026-08-27T10:00:05.000Z', versions: {meshboard: '0.1.0'}};
const contents = (files: ReturnType<typeof archiveFiles>) =>
	new Map(files.map(({path, content}) => [path, Buffer.from(content) as Uint8Array]));
const archiveOf = (record: DoctorRecord, dumps: readonly Dump[] = []) =>
	contents(archiveFiles([{...reported(record), dumps}], about));

describe('an archive', () => {
	test.each(Object.keys(faults))('says the same as what was seen: %s', (id) => {
		const record = faults[id] as DoctorRecord;
		const [read] = readArchive(archiveOf(record), 'a.tgz');
		expect(read?.examined).toEqual(reported(record).examined);
		expect(read?.examined.findings.map((found) => found.id).join() || 'nothing').toBe(id);
		expect(markdownReport([read as Reported], '0.1.0')).toBe(markdownReport([reported(record)], '0.1.0'));
	});

	it('tells of a target that could not even be read', () => {
		const [fault] = reported(faults['token.expired'] as DoctorRecord).examined.findings;
		const {context: _, ...record} = recordOf(factsOf(), {faults: fault === undefined ? [] : [fault]});
		const [read] = readArchive(archiveOf(record), 'a.tgz');
		expect(read?.examined.findings).toEqual([fault]);
	});

	it('has a manifest of what each file is, where it came from, when, and what was not to be had', () => {
		const got = {path: 'envoy/certs.json', what: 'certificates', source: 'GET /certs', at: about.madeAt, content: '{}'};
		const gap = {
			path: 'istiod/syncz.json',
			what: 'syncz',
			source: 'GET /debug/syncz',
			at: about.madeAt,
			reason: 'forbidden',
		};
		const files = archiveOf(recordOf(factsOf()), [got, gap]);
		const manifest = JSON.parse(String(Buffer.from(files.get('manifest.json') ?? []))) as Record<string, unknown>;
		const [report, facts] = ['report.md', `${target.ref}/facts.json`];
		expect([...files.keys()]).toEqual(['manifest.json', report, facts, `${target.ref}/envoy/certs.json`]);
		expect(manifest).toMatchObject({
			format: 1,
			versions: {meshboard: '0.1.0'},
			targets: [{target: target.ref, healthy: true, findings: []}],
			files: [
				{path: report},
				{path: facts},
				{path: `${target.ref}/envoy/certs.json`, source: 'GET /certs', bytes: 2, sha256: sha256('{}')},
			],
			missing: [{path: `${target.ref}/istiod/syncz.json`, reason: 'forbidden'}],
		});
	});

	it('has no token, key or password in any of its files, wherever one stood', () => {
		const secrets = ['s3cr3t-of-the-hub', 'hunter22hunter', 'abc.def.ghi-signature'];
		const token = `${tokenOf({}).split('.')[0]}`;
		const key = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----';
		const env = ['POD_NAME=ratings-vm', 'POD_NAMESPACE=bookinfo', `HUB_PASSWORD=${secrets[0]}`];
		const seen = recordOf(
			factsOf({
				proxy: {
					inspection: inspection({env: [...env, `HTTPS_PROXY=http://me:${secrets[1]}@proxy:3128`]}),
					log: [
						`Authorization: Bearer ${secrets[2]}`,
						key,
						`${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${token}.sig`,
					],
				},
			}),
		);
		const clean = withoutSecrets(seen, createRedactor());
		const files = archiveOf(clean, [
			withoutSecrets(
				{path: 'dump.json', what: '', source: '', at: '', content: JSON.stringify({password: secrets[1], key})},
				createRedactor(),
			),
		]);
		const all = [...files.values()].map((content) => String(Buffer.from(content))).join('\n');
		for (const secret of [...secrets, 'MIIEvQIBADANBg', 'eyJ']) expect(all).not.toContain(secret);
		expect(all).toContain('[redacted]');
		expect(examinedOf(clean).findings).toEqual(examinedOf(seen).findings);
	});

	const damaged: ReadonlyArray<{
		readonly title: string;
		readonly change: (files: Map<string, Uint8Array>) => unknown;
		readonly says: RegExp;
	}> = [
		{title: 'nothing in it', change: (files) => files.clear(), says: /no manifest/},
		{title: 'no manifest', change: (files) => files.delete('manifest.json'), says: /no manifest/},
		{title: 'a file that is missing', change: (files) => files.delete('report.md'), says: /report\.md is missing/},
		{title: 'a file too many', change: (files) => files.set('x\u001b[31m', Buffer.from('')), says: /knows no x\.$/},
		{
			title: 'other facts',
			change: (files) => files.set(`${target.ref}/facts.json`, Buffer.from('{}')),
			says: /is not what its manifest says/,
		},
		{
			title: 'facts that are none',
			change: (files) => replaceFacts(files, '{"facts":{}}'),
			says: /cannot be understood/,
		},
		{
			title: 'facts of another shape',
			change: (files) => replaceFacts(files, mangled({vm: {state: 'known', value: 7, ms: 0}})),
			says: /cannot be understood/,
		},
		{
			title: 'words that are none',
			change: (files) =>
				replaceFacts(
					files,
					JSON.stringify({
						...recordOf(factsOf()),
						faults: [{id: 'x', severity: 'error', target: {}, summary: [], evidence: 3, remedy: {}}],
					}),
				),
			says: /cannot be understood/,
		},
		{
			title: 'a newer format',
			change: (files) => files.set('manifest.json', Buffer.from('{"format":2,"versions":{"meshboard":"9.0.0"}}')),
			says: /was made by meshboard "9\.0\.0", in format 2/,
		},
	];
	const mangled = (facts: object) => {
		const record = recordOf(factsOf());
		return JSON.stringify({...record, facts: {...record.facts, ...facts}});
	};
	function replaceFacts(files: Map<string, Uint8Array>, text: string) {
		const path = `${target.ref}/facts.json`;
		const manifest = JSON.parse(String(Buffer.from(files.get('manifest.json') ?? []))) as {
			files: Array<{path: string; sha256: string}>;
		};
		const told = manifest.files.map((file) => (file.path === path ? {...file, sha256: sha256(text)} : file));
		files.set(path, Buffer.from(text)).set('manifest.json', Buffer.from(JSON.stringify({...manifest, files: told})));
	}

	test.each(damaged)('with $title is refused in one sentence, 65', ({change, says}) => {
		const files = archiveOf(recordOf(factsOf()));
		change(files);
		let error: unknown;
		try {
			readArchive(files, 'a.tgz');
		} catch (thrown) {
			error = thrown;
		}
		expect(error).toBeInstanceOf(UserError);
		expect((error as UserError).exitCode).toBe(65);
		expect((error as UserError).message).toMatch(says);
	});

	it('of an older meshboard, which did not ask for all of this, is read', () => {
		const {request: _, ...facts} = recordOf(factsOf()).facts;
		const files = archiveOf(recordOf(factsOf()));
		replaceFacts(files, JSON.stringify({...recordOf(factsOf()), facts}));
		const [read] = readArchive(files, 'a.tgz');
		expect(read?.examined.checks.filter(({outcome}) => outcome === 'not-done')).toMatchObject([
			{id: 'doctor.request', detail: expect.stringContaining('not in this archive')},
		]);
	});

	it('of a stranger is read or refused, whatever its facts hold', () => {
		const whole = JSON.stringify(recordOf(ended));
		fc.assert(
			fc.property(fc.jsonValue(), fc.nat(whole.length), fc.nat(40), (value, at, length) => {
				for (const text of [
					mangled({vm: {state: 'known', ms: 1, value}, proxy: {state: 'known', ms: 1, value}}),
					mangled({istiod: {state: 'known', ms: 1, value: {syncz: value, connections: value, version: value}}}),
					whole.slice(0, at) + whole.slice(at + length),
				]) {
					const files = archiveOf(recordOf(factsOf()));
					replaceFacts(files, text);
					try {
						markdownReport(readArchive(files, 'a.tgz'), '0');
					} catch (error) {
						expect(error).toBeInstanceOf(UserError);
					}
				}
			}),
			{numRuns: 60},
		);
	});
});

describe('the report', () => {
	it('tells findings with evidence and remedy, facts, checks, and what was not checked', () => {
		const text = markdownReport([reported(recordOf(ended))], '0.1.0');
		expect(text).toMatch(/#### 1\. error `token\.expired`/);
		expect(text).toContain('kubectl create token');
		expect(text).toMatch(/^Token {2,}system:serviceaccount:bookinfo:/m);
		expect(text).toMatch(/^- passed: `/m);
		expect(text).not.toContain('eyJ');
	});

	/** What is left when all code is taken out, by the rules of CommonMark for blocks and spans. */
	function skeleton(markdown: string): string {
		const left: string[] = [];
		let fence: string | undefined;
		for (const line of markdown.split('\n')) {
			const run = /^ {0,3}(`{3,})([^`]*)$/.exec(line);
			if (fence !== undefined) {
				if (run?.[1] !== undefined && run[2]?.trim() === '' && run[1].length >= fence.length) fence = undefined;
			} else if (run?.[1] !== undefined) fence = run[1];
			else left.push(line.replaceAll(/(?<!`)(`+)(?!`)(.*?[^`])\1(?!`)/g, '<>'));
		}
		expect(fence).toBeUndefined();
		return left.join('\n');
	}

	it('keeps whatever the VM and the cluster say inside of code', () => {
		const part = fc.constantFrom(
			'\n',
			'\n```\n',
			'`',
			'``',
			'\r````\n',
			'~~~',
			'# x',
			'<b>',
			'[a](b)',
			'| ',
			' ',
			'- ',
			'\t',
			'a',
		);
		const hostile = fc.array(part, {minLength: 1, maxLength: 12}).map((parts) => parts.join(''));
		const told = (text: string) => {
			const {facts} = recordOf(ended);
			const envoy = {...sound.envoy, ready: {ok: false as const, text}};
			const found = reported(recordOf({...facts, envoy: {state: 'known', ms: 1, value: envoy}}));
			const findings = [
				{
					id: 'token.expired',
					severity: 'error' as const,
					target: text,
					summary: text,
					evidence: [{source: text, text}],
					remedy: {text, command: text, manifest: `m${text}`},
				},
			];
			const checks = [{id: 'x', title: text, from: text, outcome: 'passed' as const, detail: text, ms: 0}];
			return markdownReport([{...found, examined: {...found.examined, target: text, findings, checks}}], text);
		};
		const plain = skeleton(told('a'));
		fc.assert(
			fc.property(hostile, (text) => {
				expect(skeleton(told(text))).toBe(plain);
			}),
			{numRuns: 300},
		);
	});
});
