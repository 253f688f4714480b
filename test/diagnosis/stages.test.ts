import {readFile} from 'node:fs/promises';
import {dirname, join, relative} from 'node:path';
import {describe, expect, test} from 'vitest';
import {catalogue} from '../../source/diagnosis/catalogue.ts';

/*
 * At which stage each named cause is told. The code that a stage runs must hold the word: found by following imports from where the stage
 * begins, so that a cause that is told elsewhere only is missed here.
 */

/** id: severity and stages. */
const stagesOf: Readonly<Record<string, string>> = {
	'cluster.unreachable': 'error: check, verify, doctor',
	'cluster.unauthorized': 'error: check, verify, doctor',
	'cluster.forbidden': 'error: check, verify, doctor',
	'cluster.istio-missing': 'error: check, verify, doctor',
	'cluster.istiod-not-ready': 'error: check, verify, doctor',
	'cluster.unsupported-setting': 'error: check',
	'cluster.proxy-config-invalid': 'error: lint, check',
	'cluster.ambient': 'warning: check, doctor',
	'entry.not-found': 'error: check, bootstrap, verify, doctor',
	'entry.invalid': 'error: lint, check',
	'entry.address-missing': 'error: lint, check',
	'entry.addresses-swapped': 'error: lint, check, doctor',
	'entry.instance-ip-not-local': 'error: check, doctor',
	'entry.wrong-ip': 'error: check, verify, doctor',
	'entry.annotation-unknown': 'warning: lint, check',
	'entry.service-account-missing': 'error: lint, check, bootstrap',
	'entry.duplicate-address': 'error: lint, check, doctor',
	'entry.network-unknown': 'info: lint, check',
	'entry.labels-missing': 'warning: lint, check',
	'entry.labels-conflict': 'warning: lint, check',
	'entry.not-registered': 'error: verify, doctor',
	'entry.not-linked': 'warning: verify, doctor',
	'entry.stale': 'warning: check, doctor',
	'sidecar.missing': 'error: lint, check, doctor',
	'sidecar.invalid': 'error: lint, check',
	'sidecar.ports-list': 'error: lint, check',
	'sidecar.egress-host-form': 'error: lint, check',
	'sidecar.port-unmatched': 'error: lint, check, doctor',
	'sidecar.ingress-binds-app': 'error: lint, check',
	'sidecar.conflict': 'error: lint, check, doctor',
	'sidecar.analyzer-false-alarm': 'info: lint, doctor',
	'service.none-selects': 'error: lint, check, verify, doctor',
	'service.target-port': 'error: lint, check, doctor',
	'service.entry-invalid': 'error: lint, check',
	'service.endpoint-missing': 'error: verify, doctor',
	'gateway.not-found': 'error: check',
	'gateway.address-pending': 'error: check',
	'gateway.hostname-only': 'warning: check, verify',
	'gateway.port-missing': 'error: check',
	'gateway.mesh-expansion-off': 'error: check',
	'gateway.not-ready': 'error: check, doctor',
	'gateway.not-exposed': 'error: check, doctor',
	'gateway.network-unserved': 'error: check, doctor',
	'gateway.wrong-cluster': 'error: check, doctor',
	'gateway.node-port': 'error: check, doctor',
	'token.service-account-not-found': 'error: check, bootstrap, doctor',
	'token.forbidden': 'error: check, bootstrap',
	'token.short-lived': 'warning: bootstrap, verify, doctor',
	'token.expired': 'error: verify, doctor',
	'token.audience': 'error: check, verify, doctor',
	'token.foreign': 'error: verify, doctor',
	'token.missing': 'error: verify, doctor',
	'token.unreadable': 'error: verify, doctor',
	'token.rejected': 'error: verify, doctor',
	'ssh.refused': 'error: check, bootstrap, doctor',
	'ssh.timeout': 'error: check, bootstrap, doctor',
	'ssh.host-unresolved': 'error: check, bootstrap',
	'ssh.auth-failed': 'error: check, bootstrap',
	'ssh.key-unusable': 'error: check, bootstrap',
	'ssh.host-key-unknown': 'error: check, bootstrap',
	'ssh.host-key-changed': 'error: check, bootstrap, doctor',
	'ssh.no-common-algorithm': 'error: check, bootstrap',
	'ssh.connection-lost': 'error: bootstrap, verify, doctor',
	'ssh.sessions-exhausted': 'error: check, bootstrap',
	'ssh.copy-failed': 'error: check, bootstrap',
	'vm.os-unsupported': 'error: check, doctor',
	'vm.arch-mismatch': 'error: check, bootstrap, doctor',
	'vm.clock-skew': 'error: check, verify, doctor',
	'vm.disk-unwritable': 'error: check, bootstrap, doctor',
	'vm.sudo-unavailable': 'error: check, bootstrap',
	'vm.runtime-missing': 'error: check, bootstrap',
	'vm.docker-denied': 'error: check, bootstrap, doctor',
	'vm.docker-group-stale': 'error: check, bootstrap',
	'vm.docker-stopped': 'error: check, bootstrap, doctor',
	'vm.not-reboot-safe': 'warning: check, verify, doctor',
	'vm.config-dir-denied': 'error: check, bootstrap',
	'vm.ports-in-use': 'error: check, bootstrap, doctor',
	'vm.selinux': 'error: check, verify, doctor',
	'vm.file-limit': 'error: doctor',
	'network.istiod-unresolved': 'error: verify, doctor',
	'network.istiod-wrong-address': 'error: verify, doctor',
	'network.gateway-blocked': 'error: check, verify, doctor',
	'network.gateway-refused': 'error: check, verify, doctor',
	'network.pods-unreachable': 'error: check, doctor',
	'network.vm-unreachable': 'error: check, verify, doctor',
	'network.health-port-blocked': 'warning: verify, doctor',
	'network.mtu': 'error: check, doctor',
	'network.tls-intercepted': 'error: check, doctor',
	'proxy.not-ready': 'error: verify, doctor',
	'proxy.not-running': 'error: bootstrap, verify, doctor',
	'proxy.image-not-found': 'error: check, bootstrap',
	'proxy.image-denied': 'error: check, bootstrap',
	'proxy.registry-unreachable': 'error: check, bootstrap',
	'proxy.name-conflict': 'error: check, bootstrap',
	'proxy.already-running': 'error: check, bootstrap, doctor',
	'proxy.env-quoted': 'error: verify, doctor',
	'proxy.env-drift': 'warning: verify, doctor',
	'proxy.uds-denied': 'error: verify, doctor',
	'proxy.root-cert-missing': 'error: verify, doctor',
	'proxy.version-skew': 'warning: check, verify, doctor',
	'xds.unknown': 'error: verify, doctor',
	'xds.name-mismatch': 'error: verify, doctor',
	'xds.rate-limited': 'warning: verify, doctor',
	'xds.rejected': 'error: verify, doctor',
	'xds.warming': 'error: verify, doctor',
	'xds.not-synced': 'error: verify, doctor',
	'identity.root-mismatch': 'error: verify, doctor',
	'identity.mismatch': 'error: verify, doctor',
	'identity.cluster-id': 'error: verify, doctor',
	'identity.external-ca': 'error: check, verify, doctor',
	'identity.cert-expired': 'error: verify, doctor',
	'identity.duplicate-proxy': 'error: verify, doctor',
	'listener.port-taken': 'error: check, verify, doctor',
	'listener.egress-conflict': 'error: lint, check, doctor',
	'listener.inbound-missing': 'error: verify, doctor',
	'app.not-listening': 'error: verify, doctor',
	'app.unhealthy': 'error: verify, doctor',
	'traffic.mtls-mismatch': 'error: verify, doctor',
	'traffic.denied': 'error: verify, doctor',
	'traffic.hosts-entry-missing': 'warning: verify, doctor',
	'traffic.host-not-visible': 'warning: verify, doctor',
	'traffic.unknown': 'error: verify, doctor',
	'iptables.unavailable': 'error: check, bootstrap, doctor',
	'iptables.not-applied': 'error: verify, doctor',
	'iptables.leftover-rules': 'error: check, doctor',
	'iptables.docker-bypass': 'warning: check, doctor',
	'iptables.ssh-captured': 'error: check, bootstrap, doctor',
	'iptables.dns-capture': 'error: verify, doctor',
	'fleet.empty': 'info: lint, check, bootstrap',
	'fleet.shared-vm': 'error: lint, check, bootstrap',
};

/** What each stage runs; what reaches a cluster or a VM belongs to all but lint. */
const reach = ['source/onboarding/perform/performer.ts', 'source/ssh/connector.ts', 'source/kubernetes/cluster.ts'];
const objects = ['source/onboarding/resolve.ts', 'source/onboarding/shared-vm.ts', ...reach];
const steps = 'source/onboarding/steps';
const roots: Readonly<Record<string, readonly string[]>> = {
	lint: ['source/diagnosis/lint.ts', 'source/onboarding/read-lint.ts'],
	check: [`${steps}/check/index.ts`, `${steps}/package/check.ts`, ...objects],
	bootstrap: [
		`${steps}/bootstrap/index.ts`,
		...['check', 'install', 'compare', 'place', 'start'].map((name) => `${steps}/package/${name}.ts`),
		'source/commands/bootstrap.ts',
		...objects,
	],
	verify: [`${steps}/verify/index.ts`, `${steps}/package/service.ts`, `${steps}/package/registered.ts`, ...objects],
	doctor: ['source/onboarding/doctor/looks.ts', 'source/onboarding/doctor/examine.ts', ...objects],
};

/** Tables of words, which tell nothing by themselves. */
const silent = /^source\/diagnosis\/(catalogue(\.ts|\/)|root-causes\.ts|exit-code\.ts)/;

const texts = new Map<string, Promise<string>>();
const textOf = (file: string) => {
	const known = texts.get(file) ?? readFile(file, 'utf8');
	texts.set(file, known);
	return known;
};

/** The source of all files that are reached from these by imports of values. */
async function closure(from: readonly string[]): Promise<string> {
	const seen = new Set<string>();
	const waiting = [...from];
	const parts: string[] = [];
	for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
		if (seen.has(file)) continue;
		seen.add(file);
		const text = await textOf(file);
		if (!silent.test(file)) parts.push(text);
		for (const [, path = ''] of text.matchAll(/(?:from|import\()\s*'(\.[^']+\.tsx?)'/g))
			waiting.push(relative('.', join(dirname(file), path)));
	}
	return parts.join('\n');
}

test('every named cause has its stages and its severity', () => {
	const told = Object.entries(catalogue).map(([id, {severity}]) => `${id}: ${severity}`);
	const wanted = Object.entries(stagesOf).map(([id, text]) => `${id}: ${text.split(':')[0]}`);
	expect(told.toSorted()).toEqual(wanted.toSorted());
});

describe.each(Object.keys(roots))('%s', (stage) => {
	test('can tell what is told then', async () => {
		const source = await closure(roots[stage] ?? []);
		const wanted = Object.keys(stagesOf).filter((id) => stagesOf[id]?.includes(stage));
		// A check names its targets, so that there is no selection that could be empty.
		const named = stage === 'check' ? ['fleet.empty'] : [];
		expect(wanted.filter((id) => !source.includes(`'${id}'`))).toEqual(named);
	});
});
