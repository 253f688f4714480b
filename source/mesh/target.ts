import type {Finding} from '../diagnosis/finding.ts';
import type {HostKeyPolicy, Layout, Runtime} from '../ports.ts';
import type {KubernetesObject} from './kubernetes-object.ts';
import type {Ingress, SidecarFacts} from './sidecar.ts';
import type {TargetRef, WorkloadEntry} from './workload-entry.ts';
import type {WorkloadGroup} from './workload-group.ts';

/** Where a value came from; precedence as in tctl: annotation on the entry, flag, profile, then the rest. */
export type Source = 'annotation' | 'flag' | 'profile' | 'entry' | 'mesh' | 'ssh config' | 'default';

/** A value with where it came from, e.g. `{value: 22, source: 'default'}`; `detail` names the annotation, flag or object. */
export type Sourced<T> = {readonly value: T; readonly source: Source; readonly detail?: string};

/** The way from a VM to istiod: an address that the VM can reach. */
export type Gateway = {
	/** IP or DNS name that the VM dials. */
	readonly address: string;
	/** True when `address` is an IP: only then can names be pinned with `--add-host`. */
	readonly isIp: boolean;
	/** Ports that the gateway's Service has (Service port numbers); empty when the address was given by hand. */
	readonly ports: readonly number[];
	/** What it was inferred from: `Service istio-system/istio-eastwestgateway`, `profile`, … */
	readonly origin: string;
	/** The port on which the VM dials istiod there, where it is not the mesh's own: given by hand, a node port, or that of SNI. */
	readonly port?: number;
	/** The node ports on which the VM reaches the Service, by the Service's own. */
	readonly nodePorts?: Readonly<Record<number, number>>;
	/** How it was come to, beyond `origin`: one clause. */
	readonly how?: string;
};

/** What the mesh says of itself: ConfigMaps `istio`, `istio-sidecar-injector`, `istio-ca-root-cert` and the overrides. */
export type MeshSettings = {
	readonly istioNamespace: string;
	/** Empty for the default revision. */
	readonly revision: string;
	readonly trustDomain: string;
	/** `global.multiCluster.clusterName`, else `Kubernetes`. */
	readonly clusterId: string;
	/** `global.meshID`, else `global.trustDomain`; may be empty. */
	readonly meshId: string;
	/** `global.network`; may be empty. */
	readonly network: string;
	/** PEM of the mesh's root certificates. */
	readonly rootCertificate: string;
	/** Merged ProxyConfig before the entry's own: mesh default < vendor's ConfigMap < the Namespace's ConfigMap. */
	readonly proxyConfig: Readonly<Record<string, unknown>>;
	/** True in a mesh of Tetrate's control plane: its ControlPlane, or its ConfigMap with overrides for VMs, is there. */
	readonly tetrate: boolean;
	/** Parsed injector values, `global` part. */
	readonly global: Readonly<Record<string, unknown>>;
	/** What the mesh says of itself and no more, without anybody's defaults: istioctl's files hold only that. */
	readonly said: {readonly trustDomain: string; readonly proxyConfig: Readonly<Record<string, unknown>>};
};

/** What is said of a VM of a WorkloadGroup for which files are made and no more (the flags of `istioctl x workload entry configure`). */
export type GroupVm = {
	/** Its own address; without one the package takes the VM's first. `external`: it is on none of the VM's interfaces. */
	readonly address?: {readonly ip: string; readonly external: boolean};
	/** istiod shall register the VM when its proxy connects. */
	readonly autoRegister: boolean;
	/** Names of the mesh go through the proxy's DNS. */
	readonly captureDns: boolean;
	/** Instead of the mesh's. */
	readonly clusterId?: string;
};

/** All that is known of one entry before anything is done to its VM; every value with its source. */
export type Target = {
	readonly ref: TargetRef;
	readonly entry: WorkloadEntry;
	readonly layout: Sourced<Layout>;
	/** The WorkloadGroup from which istiod registers the VM by itself: `entry` is then what it makes, or will make, of it. */
	readonly group: WorkloadGroup | undefined;
	/** Only files are made, for a VM of `group` that need not be there yet. */
	readonly configured?: GroupVm;
	readonly ssh: {
		readonly host: Sourced<string>;
		readonly port: Sourced<number | undefined>;
		readonly user: Sourced<string>;
		readonly key: Sourced<string | undefined>;
		/** Log in with a password that is asked for, with no key. */
		readonly password: Sourced<boolean>;
		/** Seconds until a connection must stand. */
		readonly connectSeconds: Sourced<number>;
		readonly jump: Sourced<readonly string[] | undefined>;
		readonly hostKeys: Sourced<HostKeyPolicy>;
		readonly knownHosts: Sourced<string | undefined>;
	};
	/** The account with sudo that prepares the VM. */
	readonly adminUser: Sourced<string | undefined>;
	/** What runs the proxy's container on the VM. */
	readonly runtime: Sourced<Runtime>;
	/** Directory on the VM for the bundle. */
	readonly configDir: Sourced<string>;
	readonly containerName: Sourced<string>;
	/** Whole reference, `<hub>/proxyv2:<tag>`. */
	readonly image: Sourced<string>;
	/**
	 * What the engine on the VM wants beside the original's words, as it was seen there: the files' SELinux label (`:z`), the VM's own user ids
	 * (`--userns host`). Absent: nobody has looked, or nothing.
	 */
	readonly confined?: {readonly relabel: boolean; readonly hostUsers: boolean};
	/** The IP that the proxy binds inbound listeners to; undefined when the entry gives none (then `problems` says so). */
	readonly instanceIp: Sourced<string> | undefined;
	/** Unless annotated `NONE`, with the package `REDIRECT`. */
	readonly interceptionMode: Sourced<string>;
	readonly mesh: MeshSettings | undefined;
	readonly gateway: Gateway | undefined;
	/** Token lifetime in seconds. */
	readonly tokenSeconds: Sourced<number>;
	/** Seconds that one step may take. */
	readonly timeoutSeconds: Sourced<number>;
	/** Inbound listeners of the Sidecar that selects the entry; empty when there is none. */
	readonly ingress: readonly Ingress[];
	/** That Sidecar, whose egress says what the VM reaches. */
	readonly sidecar: SidecarFacts | undefined;
	/** Services (`kind: Service`) in the entry's namespace that select it. */
	readonly services: readonly KubernetesObject[];
	/** `metadata.uid` of the entry's service account; undefined where it is not there, or may not be read. */
	readonly accountUid: string | undefined;
	/** Findings of the objects alone (stage check of docs/findings.md); an error among them stops a run before the VM is changed. */
	readonly problems: readonly Finding[];
};
