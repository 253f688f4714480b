import {randomBytes} from 'node:crypto';
import {chmodSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {refOf, type TargetRef} from '../mesh/workload-entry.ts';
import type {Profile} from '../ports.ts';
import {startApiServer} from './api/api-server.ts';
import {ObjectStore} from './api/object-store.ts';
import {createPodStreams} from './api/pod-streams.ts';
import {machineCommands} from './machine/commands/all.ts';
import {createDebian} from './machine/debian.ts';
import type {Machine} from './machine/machine.ts';
import {createShell} from './machine/shell.ts';
import {createTimers} from './machine/timers.ts';
import {createAuthority} from './mesh/certificates.ts';
import {createMesh} from './mesh/mesh.ts';
import {meshObjects} from './objects/mesh-objects.ts';
import {plant, readMeshObjects} from './objects/plant.ts';
import {clientObjects, vmObjects} from './objects/workload-objects.ts';
import {startKubelet} from './pods/kubelet.ts';
import {createPodExec} from './pods/pod-exec.ts';
import {scenario, stuckVm} from './scenario.ts';
import {makeKeyPair} from './ssh/key-pair.ts';
import {startSshServer} from './ssh/ssh-server.ts';
import {leaveStuck} from './stuck.ts';

/** The embedded mesh of the demo: reached as any other, through a kubeconfig and SSH. */
export type Sandbox = {
	/** Path of its kubeconfig. */
	readonly kubeconfig: string;
	/** Settings with which the application reaches it. */
	readonly profile: Profile;
	/** The entry whose proxy does not get ready, <entry>.<namespace>. */
	readonly stuck: TargetRef;
	close(): Promise<void>;
};

export type SandboxOptions = {
	/** An empty folder of the caller's, mode 0700; files in it go with the sandbox's own life. */
	readonly directory: string;
	/** How long installing and pulling take, as a multiple of the demo's own pace; 0 in tests. */
	readonly pace?: number;
};

/**
 * Starts an API server with a small mesh and four VMs in this process, on ports of the loopback. Real protocols all the way:
 * HTTPS with watch, SSH, TLS of the mesh's own CA. VMs run their commands in a simulated bash over a file tree in memory.
 */
export async function startSandbox({directory, pace = 1}: SandboxOptions): Promise<Sandbox> {
	const timers = createTimers(pace);
	const store = new ObjectStore();
	const mesh = createMesh(() => readMeshObjects(store));
	const keys = makeKeyPair('meshboard-sandbox');
	const shell = createShell(machineCommands);
	const clocks = scenario.map((plan) => createTimers(pace * plan.pace));
	const vms: Machine[] = scenario.map(({app, address, port}, index) =>
		createDebian({
			hostname: app,
			address,
			app: {name: app, port},
			adminKey: keys.public,
			mesh,
			shell,
			timers: clocks[index] ?? timers,
		}),
	);
	const servers = await Promise.all(vms.map((vm) => startSshServer(vm, makeKeyPair().private)));

	const namespaces = [...new Set(scenario.map(({namespace}) => namespace))];
	// Namespaces first: nothing is put into one that is not there.
	const objects = [...meshObjects(mesh, namespaces), ...clientObjects()];
	plant(
		store,
		objects.filter(({kind}) => kind === 'Namespace'),
		92,
	);
	plant(
		store,
		objects.filter(({kind}) => kind !== 'Namespace'),
		92,
	);
	for (const [index, plan] of scenario.entries()) plant(store, vmObjects(plan, servers[index]?.port ?? 22), plan.age);
	for (const vm of vms.filter((_, index) => scenario[index] === stuckVm))
		leaveStuck(vm, stuckVm, {store, publicKey: keys.public});

	startKubelet(store, timers);
	const authority = createAuthority({commonName: 'sandbox-ca'});
	const token = randomBytes(24).toString('base64url');
	const api = await startApiServer({
		identity: authority.issue('kube-apiserver', ['localhost', 'kubernetes', 'kubernetes.default.svc', '127.0.0.1']),
		token,
		context: {
			store,
			tokens: mesh.tokens,
			podLog: (namespace) => (namespace === 'istio-system' ? mesh.log() : []),
		},
		streams: createPodStreams(store, mesh, createPodExec({store, mesh, vms, timers})),
	});

	const path = (name: string) => join(directory, name);
	const write = (name: string, text: string, mode: number) => {
		writeFileSync(path(name), text, {mode});
		chmodSync(path(name), mode);
	};
	write('id_ed25519', keys.private, 0o600);
	write('id_ed25519.pub', `${keys.public}\n`, 0o644);
	write('known_hosts', '', 0o600);
	write('kubeconfig', kubeconfig(api.port, authority.certificate, token), 0o600);

	return {
		kubeconfig: path('kubeconfig'),
		profile: {
			kubeconfig: path('kubeconfig'),
			context: 'sandbox',
			sshKey: path('id_ed25519'),
			knownHosts: path('known_hosts'),
			hostKeys: 'accept-new',
			adminUser: 'admin',
		},
		stuck: refOf(stuckVm),
		async close() {
			for (const clock of [timers, ...clocks]) clock.stop();
			for (const vm of vms) for (const {stop} of vm.processes.values()) stop.abort();
			for (const server of servers) server.close();
			await api.close();
		},
	};
}

function kubeconfig(port: number, certificate: string, token: string): string {
	return `apiVersion: v1
kind: Config
current-context: sandbox
clusters:
  - name: sandbox
    cluster:
      server: https://127.0.0.1:${port}
      certificate-authority-data: ${Buffer.from(certificate).toString('base64')}
users:
  - name: sandbox
    user:
      token: ${token}
contexts:
  - name: sandbox
    context:
      cluster: sandbox
      user: sandbox
`;
}
