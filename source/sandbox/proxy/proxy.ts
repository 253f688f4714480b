import type {Mesh} from '../mesh/mesh.ts';
import {type ProxyInput, type Startup, startup} from './startup.ts';

/** A proxy in its container: what it says of itself, and what it has bound. */
export type MeshProxy = {
	readonly input: ProxyInput;
	readonly startedAt: Date;
	/** How its start ended; undefined while it goes on. */
	outcome(): Startup | undefined;
	stop(): void;
};

export type ProxyHost = {
	readonly mesh: Mesh;
	now(): Date;
	log(line: string): void;
	/** Calls once after so many ms, unless stopped; returns how to stop it. */
	after(milliseconds: number, call: () => void): () => void;
	/** The agent gave up. */
	exited(code: number): void;
};

const readyMs = 800;
/** How often a proxy that is stuck says so again. */
const repeatMs = 15_000;

/** Starts a proxy: it writes the lines of pilot-agent and Envoy, and is ready, stuck or gone a moment later. */
export function startProxy(input: ProxyInput, host: ProxyHost): MeshProxy {
	const startedAt = host.now();
	let outcome: Startup | undefined;
	const env = (name: string) => input.environment.get(name) ?? '';
	const say = (line: string) => host.log(`${stamp(host.now())}\t${line}`);
	const id = `${env('POD_NAME')}.${env('POD_NAMESPACE')}`;
	const ca = env('CA_ADDR') || 'istiod.istio-system.svc:15012';
	for (const line of [
		'info\tFLAG: --concurrency="0"',
		`info\tVersion ${host.mesh.version}-Clean`,
		'info\tSet max file descriptors (ulimit -n) to: 1048576',
		`info\tProxy role\tips=[${env('INSTANCE_IP')}] type=sidecar id=${id} domain=${env('POD_NAMESPACE')}.svc.cluster.local`,
		`info\tJWT policy is ${env('JWT_POLICY')}`,
		`info\tusing credential fetcher of JWT type in ${host.mesh.trustDomain} trust domain`,
		`info\tOpening status port 15020`,
		'info\tStarting SDS grpc server',
		`info\tCA Endpoint ${ca}, provider Citadel`,
		`info\tUsing CA ${ca} cert with certs: var/run/secrets/istio/root-cert.pem`,
		`info\txdsproxy\tInitializing with upstream address "${ca}" and cluster "${env('ISTIO_META_CLUSTER_ID')}"`,
		'info\tStarting proxy agent',
	])
		say(line);
	let cancel = host.after(readyMs, () => {
		outcome = startup(input, host.mesh, host.now());
		if (outcome.kind === 'ready') {
			host.mesh.connect(outcome.proxy);
			for (const line of [
				`info\tcache\tgenerated new workload certificate\tresourceName=default latency=94.1ms ttl=23h59m59.9s`,
				'info\tcache\tRoot cert has changed, start rotating root cert',
				`info\txdsproxy\tconnected to delta upstream XDS server: ${ca}\tid=1`,
				'info\tads\tADS: new connection for node:1',
				'info\tsds\tSDS server for workload certificates started, listening on "var/run/secrets/workload-spiffe-uds/socket"',
				`info\tReadiness succeeded in ${(readyMs / 1000).toFixed(3)}s`,
				'info\tEnvoy proxy is ready',
			])
				say(line);
		} else if (outcome.kind === 'fatal') {
			say(`error\tfatal\t${outcome.words}`);
			host.exited(255);
		} else {
			const {lines} = outcome;
			const repeat = () => {
				for (const line of lines) say(line);
				cancel = host.after(repeatMs, repeat);
			};
			repeat();
		}
	});
	return {
		input,
		startedAt,
		outcome: () => outcome,
		stop() {
			cancel();
			if (outcome?.kind === 'ready') host.mesh.disconnect(id);
		},
	};
}

/** Microseconds, as zap writes them. */
function stamp(time: Date): string {
	return time.toISOString().replace('Z', '000Z');
}
