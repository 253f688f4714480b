import {type Fact, pending} from '../../diagnosis/facts.ts';
import type {Finding} from '../../diagnosis/finding.ts';
import type {ExecResult} from '../../ports.ts';
import type {BundleProbe} from '../../vm/bundle-probe.ts';
import type {VmFacts} from '../../vm/facts.ts';
import type {InterceptionFacts} from '../../vm/interception/parse-interception.ts';
import type {PackageFacts} from '../../vm/package-facts.ts';
import type {HttpAnswer, IstiodAnswer} from '../action.ts';
import type {StepCheck} from '../step.ts';
import type {ReachSeen} from '../steps/reach/look.ts';
import type {WarmingSeen} from '../steps/verify/warming.ts';

/** The VM as its probe found it. `serverTime`: the API server's clock then, in seconds since 1970. */
export type VmSeen = {readonly vm: VmFacts; readonly serverTime: number | undefined};

/** The proxy as the VM keeps it: its container, its log, and the files that it was given. */
export type ProxySeen = {
	/** The engine about the container; undefined for a proxy of the package. */
	readonly inspection: ExecResult | undefined;
	/** The package's service; undefined for a container. */
	readonly unit: PackageFacts['unit'] | undefined;
	/** Plain lines, in the order of time. */
	readonly log: readonly string[];
	/** undefined where the answer had no end. */
	readonly bundle: (Omit<BundleProbe, 'rootCertificate'> & {readonly rootIsCurrent: boolean | undefined}) | undefined;
};

/** What the proxy answers on its own ports. */
export type EnvoySeen = {
	readonly ready: HttpAnswer;
	readonly info: HttpAnswer;
	readonly certs: HttpAnswer;
	readonly listeners: HttpAnswer;
	/** Listeners that Envoy refused. */
	readonly refused: HttpAnswer;
	/** What it waits for; undefined in an archive of a time when this was not asked. */
	readonly warming: WarmingSeen | undefined;
	/** Has it a stream to its agent, and that one to istiod? undefined: it does not say. */
	readonly connected: boolean | undefined;
};

export type IstiodSeen = {
	readonly syncz: IstiodAnswer;
	/** The streams that each istiod has. */
	readonly connections: IstiodAnswer;
	readonly version: IstiodAnswer;
};

/** What a step of the checks or of the verification found by itself. */
export type Tried = {
	readonly checks: readonly StepCheck[];
	readonly findings: readonly Finding[];
	readonly detail: string;
};

/** What is asked for when a proxy is examined, by name. */
export type Known = {
	readonly vm: VmSeen;
	readonly proxy: ProxySeen;
	readonly envoy: EnvoySeen;
	readonly istiod: IstiodSeen;
	readonly rules: InterceptionFacts;
	readonly reach: ReachSeen;
	readonly gateway: Tried;
	readonly inbound: Tried;
	readonly health: Tried;
	readonly pods: Tried;
	readonly request: Tried;
};

export type FactName = keyof Known;
export type DoctorFacts = {readonly [Name in FactName]: Fact<Known[Name]>};

/** What each fact is called, and what stays open without it. */
export const factWords: Readonly<Record<FactName, {readonly title: string; readonly leaves: string}>> = {
	vm: {title: 'The VM', leaves: 'its engine, clock, disk, ports and addresses'},
	proxy: {
		title: 'Container, log and files of the proxy',
		leaves: 'why it does not run, its token and its root certificate',
	},
	envoy: {title: 'Endpoints of the proxy', leaves: 'its readiness, certificate and listeners'},
	istiod: {title: "istiod's view of the proxy", leaves: 'whether it acknowledges its configuration'},
	rules: {title: 'Rules that redirect traffic on the VM', leaves: 'whether they take what they should, and no more'},
	reach: {title: 'Names and destinations of the mesh on the VM', leaves: 'whether applications there find them'},
	gateway: {title: 'The way from the VM to istiod', leaves: 'whether a firewall or a load balancer stands in it'},
	inbound: {title: 'The way from the mesh to the VM', leaves: 'whether pods reach its inbound ports'},
	health: {title: "The way from the mesh to the proxy's health", leaves: 'whether what probes it gets an answer'},
	pods: {title: 'The way from the VM to pods', leaves: 'whether the VM reaches them where it must'},
	request: {title: 'A request from the mesh', leaves: 'whether its traffic flows'},
};

/** Before anything was answered. */
export const nothingYet: DoctorFacts = {
	vm: pending,
	proxy: pending,
	envoy: pending,
	istiod: pending,
	rules: pending,
	reach: pending,
	gateway: pending,
	inbound: pending,
	health: pending,
	pods: pending,
	request: pending,
};

export const factNames = Object.keys(factWords) as readonly FactName[];
