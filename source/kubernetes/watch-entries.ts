import {UserError} from '../errors.ts';
import type {AccessReview, EntriesScope, EntriesUpdate, ListState, Resource} from '../ports.ts';
import {mayI} from './access-review.ts';
import {collectionPath, type Discovery} from './discovery.ts';
import type {ApiHttp} from './http.ts';
import {listWatch, type Pace} from './list-watch.ts';
import {listObjects} from './read-objects.ts';
import {createUpdateBatch} from './update-batch.ts';

const workloadEntries: Resource = {group: 'networking.istio.io', resource: 'workloadentries'};
/** Seconds after which what was denied is tried again, and namespaces that are new or newly allowed are looked for. */
const lookAgainSeconds = 120;
/** The same where not even the namespaces could be asked for. */
const faultSeconds = 10;

export type EntriesWatch = {
	readonly http: ApiHttp;
	readonly discovery: Discovery;
	readonly scope: EntriesScope;
	/** The context's namespace: the last resort of a user who may not even list namespaces. */
	readonly namespace: string;
	readonly onUpdate: (update: EntriesUpdate) => void;
	readonly signal: AbortSignal;
	readonly pace?: Pace;
};

/** One list-watch of the group. */
type Member = {
	readonly stop: AbortController;
	readonly known: Map<string, string>;
	state: ListState;
	complete: boolean;
	done: Promise<void>;
};

/**
 * Watches the entries of a scope: over the whole cluster in one watch where that is allowed, else in each namespace that may be listed,
 * each with a watch of its own; told as one list, whose state is the worst of its parts. Never rejects for what may pass.
 */
export async function watchEntries({
	http,
	discovery,
	scope,
	namespace,
	onUpdate,
	signal,
	pace,
}: EntriesWatch): Promise<void> {
	const batch = createUpdateBatch(onUpdate);
	/** By namespace; undefined: the whole cluster. */
	const members = new Map<string | undefined, Member>();
	let nudge = Promise.withResolvers<void>();
	let clusterWide = scope.namespaces.length === 0;
	/** Of the cluster-wide list, when it was refused. */
	let refusal: UserError | undefined;
	signal.addEventListener('abort', () => nudge.resolve(), {once: true});

	try {
		while (!signal.aborted) await rest(await step());
	} finally {
		for (const {stop} of members.values()) stop.abort();
		await Promise.all([...members.values()].map((member) => member.done));
		batch.close();
	}

	/** Starts and stops members as things stand; answers the seconds until it wants to look again. */
	async function step(): Promise<number> {
		let wanted: readonly (string | undefined)[];
		try {
			wanted = scope.namespaces.length > 0 ? scope.namespaces : clusterWide ? [undefined] : await allowedNamespaces();
		} catch (error) {
			if (!(error instanceof UserError)) throw error;
			if (members.size === 0) batch.status({kind: 'stale', since: new Date(), reason: error.message, error}, false);
			return faultSeconds;
		}
		for (const [key, member] of members) if (!wanted.includes(key)) leave(key, member);
		for (const key of wanted) if (!isRunning(key)) join(key);
		if (wanted.length === 0 && refusal !== undefined) {
			batch.status({kind: 'denied', reason: refusal.message, error: refusal}, false);
			clusterWide = true;
		}
		return lookAgainSeconds;
	}

	function isRunning(key: string | undefined): boolean {
		const member = members.get(key);
		return member !== undefined && !isDenied(member);
	}

	function join(key: string | undefined): void {
		const member: Member = {
			stop: new AbortController(),
			known: new Map(),
			state: {kind: 'connecting'},
			complete: false,
			done: Promise.resolve(),
		};
		members.set(key, member);
		member.done = listWatch({
			http,
			known: member.known,
			signal: AbortSignal.any([signal, member.stop.signal]),
			...(pace === undefined ? {} : {pace}),
			forgetPath: () => discovery.forget(workloadEntries),
			async path() {
				const served = await discovery.find(workloadEntries);
				return served && collectionPath(served, workloadEntries.resource, key);
			},
			sink: {
				upsert: batch.upsert,
				remove: batch.remove,
				flush: batch.flush,
				status(state, complete) {
					Object.assign(member, {state, complete});
					report();
				},
			},
		}).catch((error: unknown) => {
			if (!(error instanceof UserError)) throw error;
			deny(key, member, error);
		});
	}

	function deny(key: string | undefined, member: Member, error: UserError): void {
		for (const known of member.known.keys()) batch.remove(known);
		member.known.clear();
		if (key === undefined) {
			members.delete(key);
			refusal = error;
			clusterWide = false;
			nudge.resolve();
		} else {
			member.state = {kind: 'denied', reason: error.message, error};
			report();
		}
	}

	function leave(key: string | undefined, member: Member): void {
		member.stop.abort();
		members.delete(key);
		for (const known of member.known.keys()) batch.remove(known);
		report();
	}

	function report(): void {
		const {state, complete} = together([...members.values()]);
		batch.status(state, complete);
	}

	async function allowedNamespaces(): Promise<string[]> {
		const all = await listObjects(http, discovery, {group: '', resource: 'namespaces'}, undefined, undefined)
			.then((objects) => objects.map(({metadata}) => metadata.name))
			.catch((error: unknown) => {
				if (error instanceof UserError && error.code === 'cluster.forbidden') return [namespace];
				throw error;
			});
		const questions = all.map((each): AccessReview => ({verb: 'list', ...workloadEntries, namespace: each}));
		const answers = await mayI(http, questions);
		return all.filter((_, index) => answers[index] === true);
	}

	/** A while, or until something cannot wait, also when that was said before. */
	async function rest(seconds: number): Promise<void> {
		const timer = setTimeout(() => nudge.resolve(), seconds * 1000);
		await nudge.promise;
		clearTimeout(timer);
		if (!signal.aborted) nudge = Promise.withResolvers<void>();
	}
}

function isDenied(member: Member): boolean {
	return member.state.kind === 'denied';
}

/** The state of the whole: denied only when every part is, else the worst of those that are not. */
function together(members: readonly Member[]): {state: ListState; complete: boolean} {
	const open = members.filter((member) => !isDenied(member));
	const complete = open.length > 0 && open.every((member) => member.complete);
	const states = (open.length > 0 ? open : members).map(({state}) => state);
	// One part that is live makes the list live: `complete` tells that others are still to come.
	const worst = (['stale', 'live', 'connecting', 'denied'] as const).find((kind) =>
		states.some((state) => state.kind === kind),
	);
	return {state: states.find(({kind}) => kind === worst) ?? {kind: 'connecting'}, complete};
}
