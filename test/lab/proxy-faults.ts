import {createSign} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {apply, cache, gatewayAddress, kubectl, vm} from './harness.ts';
import {giveToken, type ProxyContainer, readContainer, runContainer, startAnew} from './proxy-container.ts';

/* Faults of a proxy that was in the mesh, each made for real on its VM or in the mesh around it, and put back. */

export type ProxyFault = {
	readonly title: string;
	readonly errors?: readonly string[];
	readonly warnings?: readonly string[];
	readonly words?: readonly string[];
	readonly make: () => Promise<unknown>;
	readonly mend: () => Promise<unknown>;
};

const restart = 'docker restart -t 1 istio-proxy';
const untilReady = 'timeout 30 sh -c "until curl -sf localhost:15021/healthz/ready; do sleep 0.5; done"';
/** For the VM, entry, account, Service and namespace of one name; what the VM was given is saved in /root/saved. */
export function proxyFaults(name: string): readonly ProxyFault[] {
	const onVm = (script: string) => vm.exec(name, 'sh', '-c', script);
	const putBack = () => onVm(`cp -a /root/saved/. /etc/istio-proxy/ && ${restart}`);
	let sound: ProxyContainer | undefined;
	const withContainer = (change: (container: ProxyContainer) => Partial<ProxyContainer>) => ({
		async make() {
			sound = await readContainer(name);
			await runContainer(name, {...sound, ...change(sound)});
		},
		async mend() {
			if (sound !== undefined) await runContainer(name, sound);
		},
	});
	const withVariables = (variables: Readonly<Record<string, string>>) =>
		withContainer(({environment}) => ({environment: {...environment, ...variables}}));
	const withToken = (token: () => Promise<string>) => ({
		make: () => token().then((text) => giveToken(name, text)),
		mend: () => onVm('cp -a /root/saved/. /etc/istio-proxy/').then(() => startAnew(name)),
	});
	/** Objects of the mesh, taken away again. */
	const withObject = (object: Json) => ({
		make: () => apply([{...object, metadata: {name: 'fault', namespace: name}}]),
		mend: () => kubectl(`-n ${name} delete ${String(object['kind']).toLowerCase()} fault`),
	});
	const withFilter = (patch: Json) =>
		withObject({
			apiVersion: 'networking.istio.io/v1alpha3',
			kind: 'EnvoyFilter',
			spec: {workloadSelector: {labels: {app: name}}, configPatches: [patch]},
		});
	const withRule = (rule: string) => ({
		make: () => onVm(`iptables ${rule}`),
		mend: () => onVm(`iptables ${rule.replace(/-[AI] /, '-D ')}`),
	});
	const withRules = (...rules: readonly string[]) => ({
		make: () => onVm([...rules.map((rule) => `iptables ${rule}`), restart].join(' && ')),
		mend: () => onVm([...rules.map((rule) => `iptables ${rule.replace(/-[AI] /, '-D ')}`), restart].join(' && ')),
	});
	const host = `${name}.${name}.svc.cluster.local`;
	/** A DestinationRule for those who call, a PeerAuthentication for the proxy. */
	const withTls = (outbound: string, inbound: string) =>
		together(
			withObject({
				apiVersion: 'networking.istio.io/v1',
				kind: 'DestinationRule',
				spec: {host, trafficPolicy: {tls: {mode: outbound}}},
			}),
			withObject({
				apiVersion: 'security.istio.io/v1',
				kind: 'PeerAuthentication',
				spec: {selector: {matchLabels: {app: name}}, mtls: {mode: inbound}},
			}),
		);
	const toIstiod = `-p tcp -d ${gatewayAddress} --dport 15012`;
	return [
		{
			title: 'a label that the entry got since',
			warnings: ['proxy.env-drift'],
			make: () => patchLabels(name, {team: 'blue'}),
			mend: () => patchLabels(name, {team: null}),
		},
		{
			title: 'quotes in its environment',
			errors: ['proxy.env-quoted'],
			...withVariables({ISTIO_META_CLUSTER_ID: "'lab'"}),
		},
		{
			title: 'the name of another cluster',
			errors: ['identity.cluster-id'],
			...withVariables({ISTIO_META_CLUSTER_ID: 'x'}),
		},
		{
			title: "a directory in the root certificate's place",
			errors: ['proxy.root-cert-missing'],
			make: () => onVm(`rm /etc/istio-proxy/istio-ca.pem; mkdir /etc/istio-proxy/istio-ca.pem; ${restart} || true`),
			mend: () => onVm('rmdir /etc/istio-proxy/istio-ca.pem').then(putBack),
		},
		{
			title: 'a token that its user may not read',
			errors: ['token.unreadable'],
			// All else that it writes to it may write to.
			...withContainer(() => ({options: ['--user', '1337:1337', '--tmpfs', '/var/run/secrets:uid=1337,mode=755']})),
		},
		{
			title: 'a token whose signature is not right',
			errors: ['token.rejected'],
			...withToken(async () => (await issue(name, name)).replace(/....$/, 'AAAA')),
		},
		{
			title: 'a token that has ended',
			errors: ['token.expired'],
			...withToken(async () => ended(await issue(name, name))),
		},
		{
			title: 'a token that ends soon, while the certificate holds',
			warnings: ['token.short-lived'],
			make: async () => onVm(`echo ${await issue(name, name, '10m')} >/etc/istio-proxy/istio-token`),
			mend: putBack,
		},
		{title: 'the token of another account', errors: ['identity.mismatch'], ...withToken(() => issue(name, 'default'))},
		{
			// The authority is asked on a port of its own, which is shut once there is a certificate.
			title: 'a certificate that nobody signs anew',
			errors: ['identity.cert-expired'],
			...together(
				withRule(`-t nat -A OUTPUT -p tcp -d ${gatewayAddress} --dport 15013 -j DNAT --to ${gatewayAddress}:15012`),
				withVariables({CA_ADDR: 'istiod.istio-system.svc:15013', SECRET_TTL: '30s'}),
				{make: () => onVm(untilReady), mend: nothing},
				withRule('-I OUTPUT -p tcp -m conntrack --ctorigdstport 15013 -j REJECT --reject-with tcp-reset'),
			),
		},
		{
			title: 'nothing that tells where istiod is',
			errors: ['network.istiod-unresolved'],
			...withContainer(() => ({hosts: []})),
		},
		{
			title: 'a former address of the gateway',
			errors: ['network.istiod-wrong-address'],
			...withContainer(({hosts}) => ({hosts: hosts.map((line) => line.replace(gatewayAddress, '10.128.0.253'))})),
		},
		{
			title: 'somebody who ends TLS on the way',
			errors: ['network.tls-intercepted'],
			make: () =>
				onVm(
					[
						'openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=inspector -keyout /root/tls.pem -out /root/tls.crt 2>/dev/null',
						'cat /root/tls.crt >>/root/tls.pem',
						'systemd-run -q --collect --unit=inspector openssl s_server -quiet -accept 4433 -cert /root/tls.pem',
						`iptables -t nat -A OUTPUT ${toIstiod} -j REDIRECT --to-ports 4433`,
						restart,
					].join(' && '),
				),
			mend: () =>
				onVm(`systemctl stop inspector; iptables -t nat -D OUTPUT ${toIstiod} -j REDIRECT --to-ports 4433; ${restart}`),
		},
		{
			title: 'large packets that get lost',
			errors: ['network.mtu'],
			...withRules(
				`-A INPUT -p tcp -s ${gatewayAddress} -m length --length 800: -j DROP`,
				`-A OUTPUT -p icmp -d ${gatewayAddress} -m length --length 800: -j DROP`,
			),
		},
		{
			title: 'too few files that it may open',
			errors: ['vm.file-limit'],
			...withContainer(() => ({options: ['--ulimit', 'nofile=24:24']})),
		},
		{
			title: 'a directory of sockets that is not its own',
			errors: ['proxy.uds-denied'],
			...together(
				{
					make: () => onVm('chmod 644 /etc/istio-proxy/istio-token'),
					mend: () => onVm('chmod 640 /etc/istio-proxy/istio-token'),
				},
				withContainer(() => ({options: ['--user', '1337:1337', '--tmpfs', '/var/run/secrets:uid=0,mode=755']})),
			),
		},
		{
			title: 'a connection to istiod that is cut as soon as it is used',
			errors: ['xds.unknown'],
			...withRules(
				`-A OUTPUT ${toIstiod} -m owner --uid-owner 0 --tcp-flags PSH PSH -j REJECT --reject-with tcp-reset`,
			),
		},
		{
			title: 'an EnvoyFilter that no Envoy takes',
			errors: ['xds.rejected'],
			...withFilter({
				applyTo: 'CLUSTER',
				patch: {operation: 'ADD', value: {name: 'broken', type: 'STRICT_DNS', connect_timeout: '-5s'}},
			}),
		},
		{
			title: 'an EnvoyFilter with a secret that nobody has',
			errors: ['xds.warming'],
			...together(
				withFilter({
					applyTo: 'CLUSTER',
					match: {context: 'SIDECAR_OUTBOUND'},
					patch: {operation: 'ADD', value: ledger},
				}),
				{make: () => onVm(restart), mend: nothing},
			),
		},
		{
			title: 'an EnvoyFilter that takes the inbound listener away',
			errors: ['listener.inbound-missing'],
			...withFilter({
				applyTo: 'LISTENER',
				match: {context: 'SIDECAR_INBOUND', listener: {portNumber: 9080}},
				patch: {operation: 'REMOVE'},
			}),
		},
		{
			title: 'a policy that lets nobody in',
			errors: ['traffic.denied'],
			...withObject({
				apiVersion: 'security.istio.io/v1',
				kind: 'AuthorizationPolicy',
				spec: {selector: {matchLabels: {app: name}}, action: 'DENY', rules: [{}]},
			}),
		},
		{
			title: 'callers that speak plaintext where mTLS alone is taken',
			errors: ['traffic.mtls-mismatch'],
			...withTls('DISABLE', 'STRICT'),
		},
		{
			title: 'callers that speak mTLS where plaintext alone is taken',
			errors: ['traffic.mtls-mismatch'],
			...withTls('ISTIO_MUTUAL', 'DISABLE'),
		},
		{
			title: 'callers that give up by themselves',
			errors: ['traffic.unknown'],
			...withObject({
				apiVersion: 'networking.istio.io/v1',
				kind: 'VirtualService',
				spec: {
					hosts: [host],
					http: [
						{
							fault: {abort: {httpStatus: 503, percentage: {value: 100}}},
							route: [{destination: {host}}],
						},
					],
				},
			}),
		},
		{
			title: 'an application that does not pass its probe',
			errors: ['app.unhealthy'],
			// istiod takes what the agent tells of its first probe only where the entry asks for it already; and the same is not told again.
			...together(
				{
					make: () => kubectl(`-n ${name} annotate workloadentry ${name} proxy.istio.io/health-checks-enabled=true`),
					mend: () => kubectl(`-n ${name} annotate workloadentry ${name} proxy.istio.io/health-checks-enabled-`),
				},
				withContainer(({environment}) => ({
					environment: {
						...environment,
						ISTIO_META_WORKLOAD_ENTRY: name,
						PROXY_CONFIG: JSON.stringify({
							...(JSON.parse(environment['PROXY_CONFIG'] ?? '{}') as Json),
							readinessProbe: {periodSeconds: 1, httpGet: {port: 9080, path: '/no-such-page', host: '127.0.0.1'}},
						}),
					},
				})),
			),
		},
		{
			title: 'the proxy of the same entry in a container of another name',
			errors: ['proxy.already-running'],
			make: () => onVm('docker rename istio-proxy former-proxy'),
			mend: () => onVm('docker rename former-proxy istio-proxy'),
		},
	];
}

/** A cluster that shows who it is with a certificate, for which it waits as long as it takes, as istiod has Envoy wait for its own. */
const ledger = {
	name: 'ledger',
	type: 'STATIC',
	connect_timeout: '1s',
	load_assignment: {cluster_name: 'ledger'},
	transport_socket: {
		name: 'envoy.transport_sockets.tls',
		typed_config: {
			'@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
			common_tls_context: {
				tls_certificate_sds_secret_configs: [
					{
						name: 'kubernetes://ledger-client',
						sds_config: {ads: {}, initial_fetch_timeout: '0s', resource_api_version: 'V3'},
					},
				],
			},
		},
	},
};

const nothing = async () => undefined;
type Json = Record<string, unknown>;
type Change = Pick<ProxyFault, 'make' | 'mend'>;

/** One after another, and put back in that order. */
const together = (...changes: readonly Change[]): Change => ({
	make: () => inTurn(changes.map(({make}) => make)),
	mend: () => inTurn(changes.map(({mend}) => mend)),
});

async function inTurn(steps: ReadonlyArray<() => Promise<unknown>>): Promise<void> {
	for (const step of steps) await step();
}

const patchLabels = (name: string, labels: Json) =>
	kubectl(`-n ${name} patch workloadentry ${name} --type=merge -p`, JSON.stringify({spec: {labels}}));

/** A token of the cluster's for a proxy. */
const issue = (namespace: string, account: string, duration = '1h') =>
	kubectl(`-n ${namespace} create token ${account} --audience istio-ca --duration ${duration}`);

/** The same token as the cluster has issued it yesterday: signed with its key. */
function ended(token: string): string {
	const [header = '', payload = ''] = token.split('.');
	const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {iat: number; nbf: number; exp: number};
	const day = 86_400;
	const before = {...claims, iat: claims.iat - day, nbf: claims.nbf - day, exp: claims.exp - day};
	const signed = `${header}.${Buffer.from(JSON.stringify(before)).toString('base64url')}`;
	const key = readFileSync(join(cache, 'cluster', 'pki', 'sa.key'));
	return `${signed}.${createSign('sha256').update(signed).sign(key, 'base64url')}`;
}
