import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {builders} from '../../../source/mesh/build/builders.ts';
import {buildEntry, entryDefaults, entryQuestions} from '../../../source/mesh/build/entry.ts';
import {buildGroup} from '../../../source/mesh/build/group.ts';
import {buildService} from '../../../source/mesh/build/service.ts';
import {buildSidecar, sidecarDefaults} from '../../../source/mesh/build/sidecar.ts';
import {formatPorts, nameListeners, readLabels, readPorts} from '../../../source/mesh/build/words.ts';

/* Drafts, which are all strings, and the objects and faults that they make. */

const prefix = 'sidecar-bootstrap.istio.io/';
const ratings = {
	...entryDefaults,
	name: 'ratings-vm',
	namespace: 'bookinfo',
	address: '35.194.38.142',
	instanceIp: '10.128.0.2',
	serviceAccount: 'bookinfo-ratings',
	app: 'ratings',
};

describe('an entry', () => {
	test('is the one of the guide, with its addresses the right way round', () => {
		expect(buildEntry({...ratings, network: 'vm-net', sshHost: '35.194.38.142', sshUser: 'istio-proxy'})).toEqual({
			faults: [],
			object: {
				apiVersion: 'networking.istio.io/v1',
				kind: 'WorkloadEntry',
				metadata: {
					name: 'ratings-vm',
					namespace: 'bookinfo',
					annotations: {
						[`${prefix}proxy-instance-ip`]: '10.128.0.2',
						[`${prefix}ssh-user`]: 'istio-proxy',
						[`${prefix}proxy-config-dir`]: '/etc/istio-proxy',
					},
				},
				spec: {
					address: '35.194.38.142',
					network: 'vm-net',
					serviceAccount: 'bookinfo-ratings',
					labels: {app: 'ratings', version: 'v1', class: 'vm'},
				},
			},
		});
	});

	test('leaves out what repeats the address, and what was not said', () => {
		const {object} = buildEntry({
			...ratings,
			address: '10.0.0.9',
			instanceIp: ' 10.0.0.9 ',
			sshHost: '10.0.0.9',
			configDir: '',
			class: '',
		});
		expect(object.metadata).toEqual({name: 'ratings-vm', namespace: 'bookinfo'});
		expect(object.spec).toEqual({
			address: '10.0.0.9',
			serviceAccount: 'bookinfo-ratings',
			labels: {app: 'ratings', version: 'v1'},
		});
	});

	test('takes ports, labels, locality and weight', () => {
		const {object, faults} = buildEntry({
			...ratings,
			ports: 'http=9080, tcp-db=3306',
			labels: 'team=blue',
			locality: 'us/a',
			weight: '5',
		});
		expect(faults).toEqual([]);
		expect(object.spec).toMatchObject({
			ports: {http: 9080, 'tcp-db': 3306},
			labels: {team: 'blue'},
			locality: 'us/a',
			weight: 5,
		});
	});

	test.each([
		[{name: ''}, 'name', 'is missing'],
		[{name: 'Ratings_VM'}, 'name', 'is no name'],
		[{namespace: 'a.b'}, 'namespace', 'is no name of a namespace'],
		[{address: ''}, 'address', 'is missing'],
		[{address: '10.0.0.300:80'}, 'address', 'is not a valid FQDN or an IP address'],
		[{address: 'unix:///run/app'}, 'address', 'is a Unix socket'],
		[{address: 'vm.example.com', instanceIp: ''}, 'instanceIp', 'is needed, since the address is a DNS name'],
		[{address: '10.128.0.2', instanceIp: '35.194.38.142'}, 'instanceIp', 'exchange the two'],
		[{instanceIp: 'eth0'}, 'instanceIp', 'is not a valid IP address'],
		[{sshHost: 'a b'}, 'sshHost', 'is neither an IP address nor a DNS name'],
		[{sshPort: '70000'}, 'sshPort', 'is no port'],
		[{sshUser: '-oProxyCommand=x'}, 'sshUser', 'is no user name'],
		[{configDir: 'etc/istio-proxy'}, 'configDir', 'is no absolute path'],
		[{containerName: 'a b'}, 'containerName', 'is no container name'],
		[{imageHub: '--privileged'}, 'imageHub', 'is no image hub'],
		[{network: 'a\nB=c'}, 'network', ''],
		[{serviceAccount: ''}, 'serviceAccount', 'is missing'],
		[{serviceAccount: 'Not A Name'}, 'serviceAccount', 'is no name of a service account'],
		[{app: ''}, 'app', 'is missing'],
		[{app: 'ratings/1'}, 'app', 'is an invalid tag value'],
		[{appVersion: 'v 1'}, 'appVersion', 'is an invalid tag value'],
		[{class: '.'}, 'class', 'is an invalid tag value'],
		[{labels: 'team'}, 'labels', 'write key=value'],
		[{labels: 'a b=c'}, 'labels', 'is an invalid tag key'],
		[{labels: 'a=1,a=2'}, 'labels', 'is given twice'],
		[{ports: '9080'}, 'ports', 'write NAME=PORT'],
		[{ports: 'http=0'}, 'ports', 'must be in the range'],
		[{ports: 'HTTP=80'}, 'ports', 'is an invalid port name'],
		[{ports: 'a=1,a=2'}, 'ports', 'is given twice'],
		[{ports: 'http=80:81'}, 'ports', 'nothing more'],
		[{weight: '-1'}, 'weight', 'is no whole number'],
	] as const)('%j breaks the rule of %s: %s', (change, field, rule) => {
		expect(buildEntry({...ratings, ...change}).faults).toEqual([
			expect.objectContaining({field, rule: expect.stringContaining(rule)}),
		]);
	});
});

describe('a group', () => {
	const group = {name: 'ratings', namespace: 'bookinfo', serviceAccount: 'ratings', app: 'ratings', appVersion: 'v1'};
	test('is a template, with a probe', () => {
		expect(buildGroup({...group, ports: 'http=9080', probe: 'http:8080/ready'})).toEqual({
			faults: [],
			object: {
				apiVersion: 'networking.istio.io/v1',
				kind: 'WorkloadGroup',
				metadata: {name: 'ratings', namespace: 'bookinfo'},
				spec: {
					metadata: {labels: {app: 'ratings', version: 'v1'}},
					template: {serviceAccount: 'ratings', ports: {http: 9080}},
					probe: {httpGet: {path: '/ready', port: 8080}},
				},
			},
		});
		expect(buildGroup({...group, probe: 'tcp:9080'}).object.spec).toMatchObject({probe: {tcpSocket: {port: 9080}}});
	});

	test.each([
		[{probe: 'grpc:80'}, 'probe'],
		[{probe: 'tcp:80/ready'}, 'probe'],
		[{serviceAccount: ''}, 'serviceAccount'],
		[{app: 'a b'}, 'app'],
		[{network: 'a\nb'}, 'network'],
		[{ports: 'A=1'}, 'ports'],
	] as const)('%j breaks a rule of %s, once', (change, field) => {
		expect(buildGroup({...group, ...change}).faults).toEqual([expect.objectContaining({field})]);
	});
});

describe('a Sidecar', () => {
	const sidecar = {
		...sidecarDefaults,
		name: 'ratings-vm',
		namespace: 'bookinfo',
		selector: 'app=ratings,class=vm',
		ingress: '9080',
	};
	test("is Tetrate's sample: ingress to the application's loopback, egress beside it", () => {
		expect(buildSidecar({...sidecar, egress: '9080', hosts: './*'})).toEqual({
			faults: [],
			object: {
				apiVersion: 'networking.istio.io/v1',
				kind: 'Sidecar',
				metadata: {name: 'ratings-vm', namespace: 'bookinfo'},
				spec: {
					workloadSelector: {labels: {app: 'ratings', class: 'vm'}},
					ingress: [{port: {number: 9080, name: 'http', protocol: 'HTTP'}, defaultEndpoint: '127.0.0.1:9080'}],
					egress: [{port: {number: 9080, name: 'http', protocol: 'HTTP'}, bind: '127.0.0.2', hosts: ['./*']}],
				},
			},
		});
	});

	test('leads a port to another of the application, and names several', () => {
		const {object} = buildSidecar({...sidecar, ingress: '80:8080,grpc-api=9000,tcp=3306:3307/MYSQL,81:8081'});
		expect(object.spec).toMatchObject({
			ingress: [
				{port: {number: 80, name: 'http-80', protocol: 'HTTP'}, defaultEndpoint: '127.0.0.1:8080'},
				{port: {number: 9000, name: 'grpc-api', protocol: 'GRPC'}, defaultEndpoint: '127.0.0.1:9000'},
				{port: {number: 3306, name: 'tcp', protocol: 'MYSQL'}, defaultEndpoint: '127.0.0.1:3307'},
				{port: {number: 81, name: 'http-81', protocol: 'HTTP'}},
			],
		});
	});

	test.each([
		[{selector: ''}, 'selector', 'is missing'],
		[{selector: 'app=*'}, 'selector', 'invalid tag value'],
		[{ingress: ''}, 'ingress', 'is missing'],
		[{ingress: 'nine'}, 'ingress', 'is no port'],
		[{ingress: '9080,9080'}, 'ingress', 'must be unique'],
		[{ingress: '15090'}, 'ingress', "a port of the proxy's own"],
		[{ingress: '53/UDP'}, 'ingress', 'UDP'],
		[{ingress: '80/HTTP3'}, 'ingress', 'is no protocol'],
		[{ingress: '80:web'}, 'ingress', 'is no number'],
		[{egress: '80:81'}, 'egress', 'takes no target'],
		[{egress: '9080,9080/TCP'}, 'egress', 'must be unique'],
		[{egress: '9080', hosts: ''}, 'hosts', 'a listener for calls needs a host'],
		[{hosts: '*'}, 'hosts', 'host must be of form namespace/dnsName'],
		[{hosts: '/a'}, 'hosts', 'cannot be empty'],
		[{hosts: 'A_B/*'}, 'hosts', 'invalid namespace value'],
		[{hosts: './ratings'}, 'hosts', 'short names (non FQDN) are not allowed'],
		[{hosts: './rat*.example.com'}, 'hosts', '(label "rat*" invalid)'],
		[{bind: 'lo'}, 'bind', 'is not a valid IP'],
	] as const)('%j breaks the rule of %s: %s', (change, field, rule) => {
		expect(buildSidecar({...sidecar, ...change}).faults).toEqual([
			expect.objectContaining({field, rule: expect.stringContaining(rule)}),
		]);
	});

	test.each(['./*', '*/*', 'istio-system/*', '~/*', 'shop/*.example.com', './ratings.bookinfo.svc.cluster.local'])(
		'%s is a host',
		(hosts) => expect(buildSidecar({...sidecar, hosts}).faults).toEqual([]),
	);
});

describe('a Service', () => {
	const service = {name: 'ratings', namespace: 'bookinfo', selector: 'app=ratings', ports: '80:9080'};
	test('sends its port to the one of the workloads, and is named by its protocol', () => {
		expect(buildService({...service, ports: '80:9080,grpc=9000,53:5353/UDP,tcp-db=3306:db'})).toEqual({
			faults: [],
			object: {
				apiVersion: 'v1',
				kind: 'Service',
				metadata: {name: 'ratings', namespace: 'bookinfo', labels: {app: 'ratings'}},
				spec: {
					selector: {app: 'ratings'},
					ports: [
						{name: 'http', port: 80, targetPort: 9080, protocol: 'TCP'},
						{name: 'grpc', port: 9000, targetPort: 9000, protocol: 'TCP'},
						{name: 'udp', port: 53, targetPort: 5353, protocol: 'UDP'},
						{name: 'tcp-db', port: 3306, targetPort: 'db', protocol: 'TCP'},
					],
				},
			},
		});
	});

	test.each([
		[{name: '9lives'}, 'name'],
		[{name: 'a.b'}, 'name'],
		[{selector: ''}, 'selector'],
		[{ports: ''}, 'ports'],
		[{ports: '80,80'}, 'ports'],
		[{ports: 'a=80,a=81'}, 'ports'],
		[{ports: '80:99999'}, 'ports'],
	] as const)('%j breaks a rule of %s', (change, field) => {
		const {faults} = buildService({...service, ...change});
		expect(new Set(faults.map((fault) => fault.field))).toEqual(new Set([field]));
	});
});

test('whatever is typed, a builder answers, and every fault names a field that is asked for', () => {
	const junk = fc.oneof(
		fc.string(),
		fc.stringMatching(/^[a-z0-9=:,./*~-]{0,30}$/),
		fc.constantFrom('__proto__=1', 'a=__proto__'),
	);
	for (const {questions, build} of Object.values(builders)) {
		const draft = fc.record(Object.fromEntries(Object.keys(questions).map((field) => [field, junk])), {
			requiredKeys: [],
		});
		fc.assert(
			fc.property(draft, (typed) => {
				const {object, faults} = build(typed);
				for (const {field, rule} of faults) {
					expect(Object.keys(questions)).toContain(field);
					expect(rule).not.toBe('');
				}
				expect(JSON.parse(JSON.stringify(object))).toEqual(object);
			}),
		);
	}
	expect(Object.keys(entryQuestions).slice(2, 5)).toEqual(['address', 'instanceIp', 'sshHost']);
});

test('ports and labels are read as they are written', () => {
	expect(readPorts('http=80:8080/http2').values).toEqual([{name: 'http', number: 80, target: 8080, protocol: 'HTTP2'}]);
	expect(formatPorts(readPorts('http=80:8080/http2, 9080,db=1:sql').values)).toBe('http=80:8080/HTTP2,9080,db=1:sql');
	expect(nameListeners(readPorts('http=1,2').values).map(({name}) => name)).toEqual(['http', 'http-2']);
	expect(readLabels(' a=b , c/d=,').values).toEqual({a: 'b', 'c/d': ''});
});
