import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {buildEntry, entryDefaults} from '../../../source/mesh/build/entry.ts';
import {cleanLabels, cleanLabelValue, cleanName} from '../../../source/mesh/import/clean-words.ts';
import {draftOf, parseMapping} from '../../../source/mesh/import/mapping.ts';
import {recognise} from '../../../source/mesh/import/recognise.ts';
import {isSound, review} from '../../../source/mesh/import/review.ts';
import {isDnsName, isLabelKey, isLabelValue} from '../../../source/mesh/kubernetes-names.ts';
import {parseWorkloadEntry} from '../../../source/mesh/parse-workload-entry.ts';

/*
 * The lists of four tools and CSV. The fixtures follow the tools' public references: Compute Engine API `instances`, AWS CLI
 * `ec2 describe-instances` ("Output" and its examples), Azure CLI `az vm list -d`, Ansible "Developing dynamic inventory".
 */

const fixture = (name: string) => recognise(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));
const table = (text: string) => recognise(text).rows;
const own = (draft: object) => Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== ''));

test('gcloud: external, internal, several interfaces, IPv6 alone, stopped', () => {
	const {kind, rows} = fixture('gcloud');
	expect(kind).toBe('gcloud compute instances list');
	expect(rows.map(({draft}) => own(draft))).toEqual([
		{
			name: 'ratings-vm',
			address: '10.128.0.2',
			instanceIp: '10.128.0.2',
			sshHost: '35.194.38.142',
			app: 'ratings',
			appVersion: 'v2',
			labels: 'team=blue',
			locality: 'us-central1/us-central1-a',
		},
		{
			name: 'reviews-vm',
			address: '10.128.0.3',
			instanceIp: '10.128.0.3',
			sshHost: '10.128.0.3',
			app: 'reviews',
			locality: 'europe-west1/europe-west1-b',
		},
		{
			name: 'sixes',
			address: 'fd20:1:2:3::5',
			instanceIp: 'fd20:1:2:3::5',
			sshHost: '2600:1900:4000:1::',
			locality: 'us-central1/us-central1-a',
		},
		expect.objectContaining({name: 'idle'}),
	]);
	expect(rows.map(({stopped}) => stopped)).toEqual([undefined, undefined, undefined, 'is TERMINATED']);
	expect(rows[1]?.values).toMatchObject({internalIps: ['10.128.0.3', '192.168.7.3']});
});

test('aws: names and tags made to fit, several interfaces, stopped and terminated', () => {
	const {kind, rows} = fixture('aws');
	expect(kind).toBe('aws ec2 describe-instances');
	expect(rows.map(({draft}) => own(draft))).toEqual([
		{
			name: 'ratings-vm-blue',
			address: '10.0.0.157',
			instanceIp: '10.0.0.157',
			sshHost: '34.253.223.13',
			app: 'ratings',
			labels: 'Cost-Center=R-D-42',
			locality: 'us-east-2/us-east-2a',
		},
		{
			name: 'i-0000000000000000b',
			address: '10.0.1.20',
			instanceIp: '10.0.1.20',
			sshHost: '10.0.1.20',
			locality: 'us-east-2/us-east-2b',
		},
		expect.objectContaining({name: 'idle', address: '10.0.1.21'}),
		{name: 'i-0000000000000000d'},
	]);
	expect(rows.map(({stopped}) => stopped)).toEqual([undefined, undefined, 'is stopped', 'is terminated']);
	expect(rows[1]?.values).toMatchObject({internalIps: ['10.0.1.20', '10.0.9.20', '2600:1f16:1:2::20']});
	// `--query 'Reservations[].Instances[]'` leaves the instances alone.
	const text = readFileSync(new URL('fixtures/aws.json', import.meta.url), 'utf8');
	const {Reservations} = JSON.parse(text) as {Reservations: Array<{Instances: unknown[]}>};
	expect(recognise(JSON.stringify(Reservations.flatMap(({Instances}) => Instances))).rows).toEqual(rows);
	expect(recognise(JSON.stringify(Reservations.map(({Instances}) => Instances))).rows).toEqual(rows);
});

test('az: addresses in one word, no zone, deallocated', () => {
	const {kind, rows} = fixture('azure');
	expect(kind).toBe('az vm list -d');
	expect(rows.map(({draft}) => own(draft))).toEqual([
		{
			name: 'ratings-vm',
			address: '10.0.0.4',
			instanceIp: '10.0.0.4',
			sshHost: '20.73.10.11',
			app: 'ratings',
			labels: 'environment=Test-Demo',
			locality: 'westeurope/1',
		},
		{name: 'reviews', address: '10.0.0.5', instanceIp: '10.0.0.5', sshHost: '10.0.0.5', locality: 'westeurope'},
		expect.objectContaining({name: 'idle'}),
	]);
	expect(rows.map(({stopped}) => stopped)).toEqual([undefined, undefined, 'is deallocated']);
});

test('ansible: variables, facts, hosts of groups alone, this machine itself', () => {
	const {kind, rows} = fixture('ansible');
	expect(kind).toBe('ansible-inventory --list');
	expect(Object.fromEntries(rows.map(({draft}) => [draft.name, own(draft)]))).toEqual({
		'ratings-1': {
			name: 'ratings-1',
			address: '10.128.0.2',
			instanceIp: '10.128.0.2',
			sshHost: '35.194.38.142',
			sshPort: '2222',
			app: 'ratings',
			serviceAccount: 'bookinfo-ratings',
		},
		'reviews.example.com': {
			name: 'reviews.example.com',
			address: 'reviews.example.com',
			sshHost: 'reviews.example.com',
			app: 'reviews',
		},
		db: {
			name: 'db',
			address: '10.128.0.7',
			instanceIp: '10.128.0.7',
			sshHost: 'db.internal',
			ports: 'tcp-db=3306',
			appVersion: '8.4',
		},
		localhost: {name: 'localhost'},
		'10.9.9.9': {name: '10.9.9.9', address: '10.9.9.9', sshHost: '10.9.9.9'},
	});
	expect(rows.find(({draft}) => draft.name === 'localhost')?.stopped).toBe('is this machine itself');
	expect(rows[0]?.values['groups']).toBe('web');
});

describe('CSV', () => {
	test.each([
		['commas', 'name,Service Account,app_version,ip\nweb-1,web,v2,10.0.0.1\n'],
		['semicolons', 'name;service_account;version;address\nweb-1;web;v2;10.0.0.1'],
		['tabs and a byte order mark', '\uFEFFname\tserviceAccount\tversion\taddress\r\nweb-1\tweb\tv2\t10.0.0.1\r\n'],
		['quotes and empty lines', '"name","serviceAccount","version","ip"\n\n"web-1","web"," v2 ","10.0.0.1"\n,,,\n'],
	])('%s', (_title, text) => {
		expect(table(text).map(({draft}) => draft)).toEqual([
			{name: 'web-1', serviceAccount: 'web', appVersion: 'v2', address: '10.0.0.1'},
		]);
	});

	test('says the line of every row, and what cannot be read', () => {
		expect(table('name,a\n"x\ny",1\nz,2\n').map(({source}) => source)).toEqual(['line 3', 'line 4']);
		expect(() => table('web-1,10.0.0.1\nweb-2,10.0.0.2\n')).toThrow(/first line must name the columns/);
		expect(() => table('name,address\nweb-1\n')).toThrow(/cannot be read/);
	});
});

test.each([
	['', /nothing in it/],
	['{"a": 1}', /another shape/],
	['[1, 2]', /another shape/],
	['{"a": ', /JSON is broken/],
	['[{"id": "/subscriptions/0/providers/Microsoft.Compute/virtualMachines/a", "name": "a"}]', /ask with -d/],
])('%j is told to be no table', (text, says) => expect(() => recognise(text)).toThrow(says));

describe('a mapping', () => {
	const [ratings] = fixture('gcloud').rows;
	const map = (...words: string[]) =>
		draftOf(
			ratings ?? {source: '', values: {}, draft: {}},
			words.map(parseMapping),
			{network: 'vm-net', app: 'flag'},
			entryDefaults,
		);

	test('wins over the row, the row over flags, flags over defaults', () => {
		expect(map('serviceAccount={tags.app}-sa', 'namespace=bookinfo', 'class=')).toMatchObject({
			serviceAccount: 'ratings-sa',
			namespace: 'bookinfo',
			network: 'vm-net',
			app: 'ratings',
			class: '',
			configDir: '/etc/istio-proxy',
		});
	});

	test('reads paths, lists and the first that is there; one that finds nothing says nothing', () => {
		expect(
			map(
				'address={externalIp}',
				'instanceIp={networkInterfaces.0.networkIP}',
				'app={labels.none|tags.items.0|name}',
				'version={nothing}',
			),
		).toMatchObject({address: '35.194.38.142', instanceIp: '10.128.0.2', app: 'ratings-vm', appVersion: 'v2'});
		expect(map('app={zone}').app).toBe('https-www.googleapis.com-compute-v1-projects-example-project-zo');
		expect(map('name={name}_{status}').name).toBe('ratings-vm-running');
	});

	test.each(['app', '=x', 'colour=red', 'app={}', 'app={a..b}'])('%j is refused with the fields', (word) =>
		expect(() => parseMapping(word)).toThrow(/sets no field/),
	);

	test('a key of Object is no column', () => expect(map('app={constructor.name|__proto__}').app).toBe('ratings'));
});

test('a review tells what is missing, what is wrong, and what is doubled, in the table and in the cluster', () => {
	const rows = table(
		[
			'name,namespace,address,network,serviceAccount,app',
			'a,shop,10.0.0.1,n,web,web',
			'b,shop,10.0.0.1,n,web,web',
			'c,shop,10.0.0.1,other,web,web',
			'a,shop,10.0.0.4,n,web,web',
			'd,shop,10.0.0.5,n,,web',
			'e,shop,10.0.0.9,n,web,web',
			'f,shop,10.0.0.10,n,web,web',
		].join('\n'),
	).map((row) => ({row, draft: draftOf(row, [], {}, entryDefaults)}));
	const existing = [
		['e', '10.0.0.9'],
		['other', '10.0.0.10'],
	].map(([name = '', address]) =>
		parseWorkloadEntry({metadata: {name, namespace: 'shop'}, spec: {address, network: 'n'}}),
	);
	const reviewed = review(rows, existing);
	expect(reviewed.map(({doubled}) => doubled)).toEqual([
		['same name as line 5', 'same address as line 3'],
		['same address as line 2'],
		[],
		['same name as line 2'],
		[],
		[],
		['same address as other.shop in the cluster'],
	]);
	expect(reviewed.map(isSound)).toEqual([false, false, true, false, false, true, false]);
	expect(reviewed[4]?.faults).toEqual([{field: 'serviceAccount', value: '', rule: 'is missing', missing: true}]);
});

test('names and labels are made to fit, whatever they hold', () => {
	fc.assert(
		fc.property(fc.string({unit: 'grapheme', maxLength: 100}), fc.string({maxLength: 100}), (one, other) => {
			const name = cleanName(one);
			if (name !== '') expect(isDnsName(name)).toBe(true);
			expect(isLabelValue(cleanLabelValue(one))).toBe(true);
			for (const [key, value] of Object.entries(cleanLabels({[one]: other}))) {
				expect(isLabelKey(key)).toBe(true);
				expect(isLabelValue(value)).toBe(true);
			}
		}),
		{numRuns: 500},
	);
	expect(cleanName('Web_01.Example.COM')).toBe('web-01.example.com');
	expect(cleanLabels({'app.kubernetes.io/name': 'x', 'a:b': 'é'})).toEqual({'app.kubernetes.io/name': 'x', 'a-b': ''});
});

test('what the tools say by themselves keeps every rule but those of what is missing', () => {
	for (const name of ['gcloud', 'aws', 'azure', 'ansible']) {
		for (const row of fixture(name).rows) {
			const {faults} = buildEntry(
				draftOf(row, [], {namespace: 'shop', serviceAccount: 'web', app: 'web'}, entryDefaults),
			);
			expect(faults.filter(({missing}) => missing !== true)).toEqual([]);
		}
	}
});

test('ten thousand rows take seconds at most', () => {
	const rows = Array.from({length: 10_000}, (_, index) => `vm-${index},shop,10.${index >> 8}.${index & 255}.1,web,web`);
	const start = Date.now();
	const read = table(`name,namespace,address,serviceAccount,app\n${rows.join('\n')}`);
	const reviewed = review(
		read.map((row) => ({row, draft: draftOf(row, [], {}, entryDefaults)})),
		[],
	);
	expect(reviewed.filter(isSound)).toHaveLength(10_000);
	expect(Date.now() - start).toBeLessThan(20_000);
});
