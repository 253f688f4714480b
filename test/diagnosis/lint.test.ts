import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {load} from 'js-yaml';
import {describe, expect, test} from 'vitest';
import {lintObjects} from '../../source/diagnosis/lint.ts';
import type {LintOptions} from '../../source/diagnosis/lint-options.ts';
import {manifestMeshFindings} from '../../source/diagnosis/mesh-manifests.ts';
import type {KubernetesObject} from '../../source/mesh/kubernetes-object.ts';
import {parseManifests} from '../../source/mesh/parse-manifests.ts';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
const objectsOf = (text: string) => parseManifests('test.yaml', text, 'bookinfo').map(({object}) => object);
const file: LintOptions = {origin: 'file', istioNamespace: 'istio-system'};
const lint = (text: string, options = file) => lintObjects(objectsOf(text), options);
/** `target id`, a line for each finding. */
const told = (text: string, options = file) =>
	lint(text, options).flatMap(({target, findings}) => findings.map(({id}) => `${target} ${id}`));

const entry = (name: string, spec = '', more = '') =>
	`---
{apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: {name: ${name}, namespace: bookinfo${more}}, spec: {address: 10.0.0.1, serviceAccount: vm, labels: {app: ratings, version: v1}${spec}}}
`;
const sidecar = (name: string, spec: string, more = '', rest = '') =>
	`---
{apiVersion: networking.istio.io/v1, kind: Sidecar, metadata: {name: ${name}, namespace: bookinfo${more}}, spec: {${spec}}${rest}}
`;
const service = (name: string, spec: string) =>
	`---
{apiVersion: v1, kind: Service, metadata: {name: ${name}, namespace: bookinfo}, spec: {${spec}}}
`;
const serviceEntry = (name: string, spec: string) =>
	`---
{apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: {name: ${name}, namespace: bookinfo}, spec: {${spec}}}
`;
const selector = 'workloadSelector: {labels: {app: ratings}}';
const ingress = "ingress: [{port: {number: 9080, protocol: HTTP, name: http}, defaultEndpoint: '127.0.0.1:9080'}]";
const egress = "egress: [{bind: 127.0.0.2, port: {number: 9080}, hosts: ['./*']}]";
const sound = sidecar('own', `${selector}, ${ingress}, ${egress}`);

describe("the guide's own examples", () => {
	test.for([
		['guide-entry.yaml', ['ratings-vm.bookinfo entry.addresses-swapped']],
		[
			'guide-sidecar.yaml',
			['bookinfo-ratings-no-iptables sidecar.ports-list', 'bookinfo-ratings-no-iptables sidecar.egress-host-form'].map(
				(line) => `sidecar/bookinfo/${line}`,
			),
		],
		['guide-corrected.yaml', []],
	] as const)('%s', ([name, expected]) => {
		expect(told(fixture(name))).toEqual(expected);
	});

	test('its Sidecar is printed as it should be written', () => {
		const {findings = []} = lint(fixture('guide-sidecar.yaml'))[0] ?? {};
		const [one, ...others] = new Set(findings.map(({remedy}) => remedy.manifest));
		expect(others).toEqual([]);
		expect(load(one ?? '')).toMatchObject({
			kind: 'Sidecar',
			metadata: {name: 'bookinfo-ratings-no-iptables', namespace: 'bookinfo'},
			spec: {
				workloadSelector: {labels: {app: 'ratings', class: 'vm'}},
				egress: [{bind: '127.0.0.2', port: {number: 9080, name: 'http', protocol: 'HTTP'}, hosts: ['./*']}],
			},
		});
		expect(told(one ?? '')).toEqual([]);
	});
});

describe('what is printed to be applied', () => {
	const manifestOf = (text: string, id: string) => {
		const all = lint(text).flatMap(({findings}) => findings);
		return load(all.find((one) => one.id === id)?.remedy.manifest ?? '') as {spec: Record<string, unknown>};
	};

	test.for([
		["'*'", './*'],
		['reviews', './reviews.bookinfo.svc.cluster.local'],
		['a.example.com', '*/a.example.com'],
		['other/reviews', 'other/reviews.other.svc.cluster.local'],
		["'./'", './*'],
	])('the host %s is written %s', ([host, corrected]) => {
		const broken = sidecar('own', `${selector}, egress: [{hosts: [${host}, './*']}]`);
		expect(manifestOf(broken, 'sidecar.egress-host-form').spec).toMatchObject({egress: [{hosts: [corrected, './*']}]});
	});

	test("a listener leaves the application's place", () => {
		const binding = ingress.replace('port: {', 'bind: 0.0.0.0, port: {');
		const {spec} = manifestOf(
			entry('vm') + sidecar('own', `${selector}, ${binding}, ${egress}`),
			'sidecar.ingress-binds-app',
		);
		expect(spec['ingress']).toEqual([
			{port: {number: 9080, protocol: 'HTTP', name: 'http'}, defaultEndpoint: '127.0.0.1:9080'},
		]);
	});

	test('a port that clients dial is opened, with the protocol of its name', () => {
		const dialled = service('ratings', 'selector: {app: ratings}, ports: [{port: 80, name: http-web}]');
		const {spec} = manifestOf(entry('vm') + sound + dialled, 'sidecar.port-unmatched');
		expect(spec['ingress']).toContainEqual({
			port: {number: 80, protocol: 'HTTP', name: 'http-web'},
			defaultEndpoint: '127.0.0.1:80',
		});
	});

	test('egress moves beside the application', () => {
		const text =
			entry('vm') + sidecar('own', `${selector}, ${ingress}, egress: [{port: {number: 9080}, hosts: ['./*']}]`);
		expect(manifestOf(text, 'listener.egress-conflict').spec).toMatchObject({
			egress: [{bind: '127.0.0.2', port: {number: 9080}}],
		});
	});

	test('a Service for the ports that the Sidecar opens', () => {
		const text = entry('vm') + sound + service('other', 'selector: {app: other}, ports: [{port: 1}]');
		const {spec} = manifestOf(text, 'service.none-selects');
		expect(spec).toEqual({selector: {app: 'ratings'}, ports: [{name: 'http-9080', port: 9080, targetPort: 9080}]});
		expect(told(`${text}---\n${lint(text).flatMap(({findings}) => findings)[0]?.remedy.manifest}`)).toEqual([]);
	});
});

type Case = readonly [what: string, text: string, expected: readonly string[]];

const alone: readonly Case[] = [
	['an entry alone is judged alone', entry('vm'), []],
	['a Sidecar of the files selects it', entry('vm') + sound, []],
	[
		'a Sidecar of the files does not',
		entry('vm') + sidecar('own', `workloadSelector: {labels: {app: reviews}}, ${ingress}, ${egress}`),
		['vm.bookinfo sidecar.missing'],
	],
	[
		'a Service of the files does not',
		entry('vm') + service('ratings', 'selector: {app: ratings, version: v2}, ports: [{port: 9080}]'),
		['vm.bookinfo service.none-selects'],
	],
	[
		'the same address twice is told at both',
		entry('vm') + entry('twin'),
		['vm.bookinfo entry.duplicate-address', 'twin.bookinfo entry.duplicate-address'],
	],
	[
		'two entries for one VM',
		entry('vm') + entry('other', ', network: n', ', annotations: {sidecar-bootstrap.istio.io/ssh-host: 10.0.0.1}'),
		['vm/10.0.0.1 fleet.shared-vm'],
	],
	[
		'two SSH servers at one address',
		entry('vm') +
			entry(
				'other',
				', network: n',
				", annotations: {sidecar-bootstrap.istio.io/ssh-host: 10.0.0.1, sidecar-bootstrap.istio.io/ssh-port: '2222'}",
			),
		[],
	],
	[
		'a ProxyConfig on an entry that is none',
		entry('vm', '', ", annotations: {proxy.istio.io/config: 'a: ['}"),
		['vm.bookinfo cluster.proxy-config-invalid'],
	],
	[
		'a group without account',
		'{apiVersion: networking.istio.io/v1, kind: WorkloadGroup, metadata: {name: g}, spec: {template: {}}}',
		['workloadgroup/bookinfo/g entry.service-account-missing'],
	],
	[
		'a group with a probe that istiod refuses',
		'{apiVersion: networking.istio.io/v1, kind: WorkloadGroup, metadata: {name: g}, spec: {template: {serviceAccount: a}, probe: {grpc: {port: 9}}}}',
		['workloadgroup/bookinfo/g entry.invalid'],
	],
	['a field that is misspelt', entry('vm', ', netwrk: n'), ['vm.bookinfo entry.invalid']],
	[
		'a listener without port explains that there is no ingress',
		entry('vm') +
			sidecar('own', `${selector}, ingress: [{ports: [{number: 9080}], defaultEndpoint: '127.0.0.1:9080'}]`),
		['sidecar/bookinfo/own sidecar.ports-list'],
	],
	[
		'a port of the proxy itself',
		sidecar('own', 'ingress: [{port: {number: 15021}}]'),
		['sidecar/bookinfo/own sidecar.invalid'],
	],
	[
		'a port that clients dial and nothing opens',
		entry('vm') + sound + service('ratings', 'selector: {app: ratings}, ports: [{port: 80, name: http}]'),
		['sidecar/bookinfo/own sidecar.port-unmatched'],
	],
	[
		'of two Sidecars without a time the first is not known',
		entry('vm') + sound + sidecar('other', `${selector}, ${ingress}, ${egress}`),
		['sidecar/bookinfo/other sidecar.conflict'],
	],
	[
		'a false alarm of the analyzer',
		entry('vm') +
			sidecar(
				'own',
				`${selector}, ${ingress}, ${egress}`,
				'',
				', status: {validationMessages: [{type: {code: IST0101}}]}',
			),
		['sidecar/bookinfo/own sidecar.analyzer-false-alarm'],
	],
	[
		'a right alarm of the analyzer',
		entry('vm') +
			sound +
			sidecar(
				'lost',
				`workloadSelector: {labels: {app: x}}, ${egress}`,
				'',
				', status: {validationMessages: [{type: {code: IST0101}}]}',
			),
		[],
	],
	[
		'a ServiceEntry that takes IPs and selects a name',
		entry('vm', '', ", annotations: {sidecar-bootstrap.istio.io/proxy-instance-ip: '10.0.0.1'}").replace(
			'address: 10.0.0.1',
			'address: vm.example.com',
		) + serviceEntry('se', `hosts: [a.b], resolution: STATIC, ports: [{number: 9080, name: http}], ${selector}`),
		['serviceentry/bookinfo/se service.entry-invalid'],
	],
	[
		'a ServiceEntry that selects nothing here, and is broken',
		serviceEntry('se', "hosts: ['*'], ports: [{number: 9080, name: http}]"),
		['serviceentry/bookinfo/se service.entry-invalid'],
	],
	[
		'a list of ports in what kubectl kept',
		sidecar(
			'own',
			`${selector}, ${egress}`,
			`, annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"spec":{"egress":[{"ports":[{"number":80}],"hosts":["*"]}]}}'}`,
		),
		['sidecar/bookinfo/own sidecar.ports-list'],
	],
];

const outbound = (listeners: string, more = '') =>
	entry('vm') + sidecar('own', `${selector}, ${ingress}${listeners}`) + more;
const web = service('web', 'selector: {app: web}, ports: [{port: 443}]');
const own = service('r', 'selector: {app: ratings}, ports: [{port: 9081, targetPort: 9080}]');
const conflicts: readonly Case[] = [
	['bound beside the application', outbound(`, ${egress}`, web + own), []],
	['on the port of the application', outbound(", egress: [{port: {number: 9080}, hosts: ['./*']}]"), ['conflict']],
	[
		'on a port of the proxy',
		outbound(", egress: [{bind: 127.0.0.1, port: {number: 15021}, hosts: ['./*']}]"),
		['conflict'],
	],
	['for every Service, with one below 1024', outbound(", egress: [{hosts: ['./*']}]", `${web}${own}`), ['conflict']],
	['for every Service, which are high', outbound(", egress: [{hosts: ['./*']}]", own), []],
	['for no Service that is there', outbound(", egress: [{hosts: ['other/*']}]", web + own), []],
	[
		'for one of several by name',
		outbound(", egress: [{hosts: ['./web.bookinfo.svc.cluster.local']}]", web + own),
		['conflict'],
	],
	[
		'but for the one left out',
		outbound(", egress: [{hosts: ['*/*', '~bookinfo/web.bookinfo.svc.cluster.local']}]", web + own),
		[],
	],
	['without egress, which is every Service', outbound('', web + own), ['conflict']],
	[
		'with iptables',
		outbound('', web + service('r', 'selector: {app: ratings}, ports: [{port: 9080}]')).replace(
			'namespace: bookinfo}',
			'namespace: bookinfo, annotations: {sidecar.istio.io/interceptionMode: REDIRECT}}',
		),
		[],
	],
];

describe('files', () => {
	test.for(alone)('%s', ([, text, expected]) => {
		expect(told(text)).toEqual(expected);
	});

	test.for(conflicts)('egress %s', ([, text, expected]) => {
		expect(told(text)).toEqual(expected.map(() => 'sidecar/bookinfo/own listener.egress-conflict'));
	});

	test('what they do not tell is not checked, and no finding', () => {
		const [{checks = []} = {}] = lint(entry('vm', ', network: vm-net'));
		expect(checks.map(({id, outcome}) => `${id} ${outcome}`)).toEqual([
			'objects.entry passed',
			'objects.network not-done',
			'objects.service not-done',
			'objects.sidecar not-done',
		]);
	});

	test('an entry is not healthy with a Sidecar that is broken, which is told once', () => {
		const results = lint(
			entry('vm') +
				entry('two', ', weight: 1').replace('10.0.0.1', '10.0.0.2') +
				sidecar('own', `${selector}, ${ingress}, egress: [{hosts: ['*']}]`),
		);
		expect(results.map(({target, healthy}) => [target, healthy])).toEqual([
			['vm.bookinfo', false],
			['sidecar/bookinfo/own', false],
			['two.bookinfo', false],
		]);
		expect(results.flatMap(({findings}) => findings)).toHaveLength(1);
	});

	test('ConfigMaps of Istio are read too, of every revision', () => {
		const configMap = (name: string, data: string) =>
			`---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}, namespace: istio-system}, data: {${data}}}\n`;
		const text =
			configMap('istio', "mesh: 'defaultConfig: {discoveryAddress: 5}'") +
			configMap('istio-canary', "mesh: 'a: ['") +
			configMap('global-mesh-expansion', "PROXY_CONFIG: 'tracing: 5'") +
			configMap('other', "mesh: 'a: ['");
		expect(
			manifestMeshFindings(objectsOf(text), 'istio-system')
				.map(({target}) => target)
				.sort(),
		).toEqual([
			'configmap/istio-system/global-mesh-expansion',
			'configmap/istio-system/istio',
			'configmap/istio-system/istio-canary',
		]);
	});
});

describe('a cluster', () => {
	const cluster: LintOptions = {origin: 'cluster', istioNamespace: 'istio-system'};

	test('its lists are whole: what is not there is missing', () => {
		expect(told(entry('vm'), cluster)).toEqual(['vm.bookinfo sidecar.missing', 'vm.bookinfo service.none-selects']);
	});

	test('but for those that could not be read', () => {
		const unread = new Set(['sidecars/bookinfo', 'services/bookinfo']);
		expect(told(entry('vm'), {...cluster, unread})).toEqual([]);
	});

	test('a field that we do not know is the business of the API server that has stored it', () => {
		expect(told(entry('vm', ', newField: 1') + sound, {...cluster, unread: new Set(['services/bookinfo'])})).toEqual(
			[],
		);
	});

	test('only entries that are asked for are told, compared with all', () => {
		const options = {
			...cluster,
			only: new Set(['vm.bookinfo']),
			unread: new Set(['sidecars/bookinfo', 'services/bookinfo']),
		};
		expect(told(entry('vm') + entry('twin') + sidecar('x', 'egress: []'), options)).toEqual([
			'vm.bookinfo entry.duplicate-address',
		]);
	});

	test('ten thousand entries over a hundred namespaces take seconds', {timeout: 120_000}, () => {
		const many = Array.from({length: 10_000}, (_, index): KubernetesObject[] => {
			const app = `app-${index}`;
			const metadata = {name: app, namespace: `team-${index % 100}`};
			const address = `10.${index >> 8}.${index & 255}.1`;
			return [
				{kind: 'WorkloadEntry', metadata, spec: {address, serviceAccount: 'a', labels: {app, version: 'v1'}}},
				{kind: 'Service', metadata, spec: {selector: {app}, ports: [{port: 9080}]}},
				{
					kind: 'Sidecar',
					metadata,
					spec: {
						workloadSelector: {labels: {app}},
						ingress: [{port: {number: 9080}}],
						egress: [{port: {number: 80}, hosts: ['./*']}],
					},
				},
			];
		}).flat();
		const begun = performance.now();
		const results = lintObjects(many, cluster);
		expect(results.filter(({healthy}) => !healthy)).toEqual([]);
		expect(results.filter(({target}) => target.startsWith('app-'))).toHaveLength(10_000);
		expect(performance.now() - begun).toBeLessThan(60_000);
	});
});
