import {containerCommand} from '../bundle/container.ts';
import {bundleFiles} from '../bundle/files.ts';
import type {KubernetesObject} from '../mesh/kubernetes-object.ts';
import {resolveTarget} from '../mesh/resolve-target.ts';
import type {Target} from '../mesh/target.ts';
import {kindOf} from './api/kinds.ts';
import type {ObjectStore} from './api/object-store.ts';
import {addAccount, addGroup, credentialsOf, joinGroups} from './machine/accounts.ts';
import {installDocker} from './machine/commands/packages.ts';
import {letIn} from './machine/debian.ts';
import {imageOf} from './machine/docker/engine.ts';
import {createContainer, readRun, startContainer} from './machine/docker/run.ts';
import {root} from './machine/file-tree.ts';
import type {Machine} from './machine/machine.ts';
import {configDir, proxyUser, type VmPlan} from './scenario.ts';

const day = 86_400_000;

/**
 * Leaves a VM as somebody did who onboarded it eight days ago: all is there, and the token, of a day, has ended. The proxy was
 * restarted since and lost its certificate, so that istiod turns it away.
 */
export function leaveStuck(
	vm: Machine,
	plan: VmPlan,
	{store, publicKey}: {readonly store: ObjectStore; readonly publicKey: string},
): void {
	const {tree} = vm;
	installDocker(vm);
	const docker = addGroup(tree, 'docker', {system: true});
	vm.packages.set('docker.io', '20.10.24+dfsg1-1+deb12u1+b2');
	vm.services.set('docker', {active: true, enabled: true});
	const group = addGroup(tree, proxyUser, {system: false});
	const account = addAccount(
		tree,
		{name: proxyUser, gid: group.gid, home: `/home/${proxyUser}`, shell: '/bin/sh'},
		{system: false},
	);
	joinGroups(tree, proxyUser, [docker.name]);
	letIn(tree, account, publicKey);

	tree.makeDirectory(configDir, root, {umask: 0o002});
	tree.own(configDir, root, {uid: account.uid, gid: account.gid, mode: 0o775});
	const who = credentialsOf(tree, account);
	const target = targetOf(store, plan);
	const uid = get(store, '', 'serviceaccounts', plan.namespace, plan.serviceAccount)?.metadata.uid ?? '';
	const {token} = vm.mesh.tokens.issue({
		namespace: plan.namespace,
		serviceAccount: plan.serviceAccount,
		uid,
		audiences: ['istio-ca'],
		seconds: day / 1000,
		issuedAt: new Date(Date.now() - 8 * day),
	});
	for (const {name, mode, content} of bundleFiles(target)) {
		const path = `${configDir}/${name}`;
		tree.writeFile(path, Buffer.from(typeof content === 'string' ? content : token), who, {umask: 0o022});
		tree.own(path, who, {mode});
	}
	const image = imageOf(target.image.value);
	vm.engine.images.set(image.reference, image);
	const words = readRun(containerCommand(target).slice(2));
	const container = createContainer(words, image, {machine: vm, who, cwd: '/'});
	vm.engine.containers.set(container.name, container);
	startContainer(vm, container);
}

function targetOf(store: ObjectStore, plan: VmPlan): Target {
	const system = 'istio-system';
	const found = (namespace: string | undefined, plural: string, name: string) =>
		get(store, '', plural, namespace, name) ?? 'absent';
	const list = (plural: string, namespace: string, group = 'networking.istio.io'): readonly KubernetesObject[] => {
		const kind = kindOf(group, plural);
		return kind === undefined ? [] : store.list(kind, namespace);
	};
	const entry = get(store, 'networking.istio.io', 'workloadentries', plan.namespace, plan.name);
	if (entry === undefined) throw new Error(`no entry ${plan.name}`);
	return resolveTarget({
		entry,
		serviceAccount: found(plan.namespace, 'serviceaccounts', plan.serviceAccount),
		mesh: {
			context: 'sandbox',
			istioNamespace: system,
			revision: '',
			otherRevisions: [],
			meshConfig: found(system, 'configmaps', 'istio'),
			injector: found(system, 'configmaps', 'istio-sidecar-injector'),
			rootCertificate: found(system, 'configmaps', 'istio-ca-root-cert'),
			vendorOverrides: 'absent',
			expansionOverrides: undefined,
			namespace: found(undefined, 'namespaces', system),
			services: list('services', system, ''),
			controlPlane: 'absent',
			istiodPods: list('pods', system, ''),
			istiodDeployments: [],
			gatewayPods: [],
			passthrough: undefined,
			nodes: undefined,
			ztunnel: 'absent',
			refused: [],
		},
		namespace: {
			name: plan.namespace,
			namespace: found(undefined, 'namespaces', plan.namespace),
			services: list('services', plan.namespace, ''),
			serviceEntries: [],
			sidecars: list('sidecars', plan.namespace),
			entries: list('workloadentries', plan.namespace),
			rootCertificate: found(plan.namespace, 'configmaps', 'istio-ca-root-cert'),
			mayCreateTokens: true,
			refused: [],
		},
		settings: {flags: {}, profile: {}},
	});
}

function get(store: ObjectStore, group: string, plural: string, namespace: string | undefined, name: string) {
	const kind = kindOf(group, plural);
	return kind && store.get(kind, namespace, name);
}
