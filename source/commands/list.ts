import {openCluster, openFleet, openProfiles} from '../compose.ts';
import {exitCodes, UserError} from '../errors.ts';
import {age} from '../fleet/age.ts';
import {type Filter, parseFilter} from '../fleet/filter.ts';
import type {FleetRow, FleetSnapshot} from '../fleet/row.ts';
import {selectionLabels} from '../mesh/labels.ts';
import type {Store} from '../onboarding/session.ts';
import type {ListState} from '../ports.ts';
import {type ConnectionFlags, chooseProfile, flagsAsProfile, type GlobalFlags} from './flags.ts';
import type {ListItem, ListLine, ListOutput} from './machine-output.ts';
import type {OutputFormat} from './output-format.ts';
import {printJson, printNames, printNdjson, printTable, printYaml} from './print.ts';

type Flags = GlobalFlags & ConnectionFlags & {selector?: string; watch?: boolean; output?: OutputFormat};

/** How long istiod may take to say what it knows of the proxies before the list is printed without it. */
const proxyStateMs = 3000;

/** `meshboard list`: what the fleet screen shows, once or live (`--watch`). */
export async function list(flags: Flags): Promise<number> {
	const format = flags.output ?? 'text';
	const filter = parseFilter(flags.selector === undefined ? '' : `-l ${flags.selector}`);
	if (filter.problem !== undefined) {
		throw new UserError({
			code: 'usage',
			message: `${JSON.stringify(flags.selector)} is no label selector.`,
			hint: 'For example: -l app=ratings,version!=v1',
			exitCode: exitCodes.usage,
		});
	}
	const chosen = chooseProfile(flags, process.env, openProfiles(process.env));
	const options = {
		env: process.env,
		profileName: chosen.name,
		profile: chosen.profile,
		flags: flagsAsProfile(flags),
	};
	const cluster = await openCluster(options);
	const fleet = openFleet(options, cluster);
	const stop = new AbortController();
	try {
		const started = fleet.start(stop.signal);
		const snapshot = await complete(fleet, format === 'name' ? 0 : proxyStateMs, started);
		if (flags.watch !== true) {
			const rows = snapshot.rows.filter(filter.matches);
			printer(format).rows(rows);
			if (rows.length === 0) process.stderr.write('There are no WorkloadEntries in the selection.\n');
			return exitCodes.done;
		}
		return await watch(fleet, format, filter);
	} finally {
		stop.abort();
		cluster.close();
	}
}

/** Waits for the whole list, then a little for the proxies' states. Throws what keeps the list from coming. */
async function complete(fleet: Store<FleetSnapshot>, patience: number, started: Promise<void>): Promise<FleetSnapshot> {
	const {promise, resolve, reject} = Promise.withResolvers<FleetSnapshot>();
	let timer: NodeJS.Timeout | undefined;
	const look = () => {
		const snapshot = fleet.getSnapshot();
		const {state} = snapshot;
		if (state.kind === 'denied' || (state.kind === 'stale' && !snapshot.complete)) return reject(faultOf(state));
		if (!snapshot.complete) return;
		const told = snapshot.rows.every(({proxy}) => proxy.state !== 'unknown' || proxy.detail !== '');
		if (told || patience === 0) return resolve(snapshot);
		timer ??= setTimeout(() => resolve(fleet.getSnapshot()), patience);
	};
	const unsubscribe = fleet.subscribe(look);
	started.catch(reject);
	look();
	return promise.finally(() => {
		clearTimeout(timer);
		unsubscribe();
	});
}

/** The fault in full, where the list knows it: expired credentials are not an unreachable cluster. */
function faultOf({kind, reason, error}: Extract<ListState, {kind: 'denied' | 'stale'}>): UserError {
	if (error !== undefined) return error;
	return kind === 'denied'
		? new UserError({
				code: 'cluster.forbidden',
				message: reason,
				hint: 'kubectl auth can-i list workloadentries -A',
				exitCode: exitCodes.notPermitted,
			})
		: new UserError({
				code: 'cluster.unreachable',
				message: reason,
				hint: 'kubectl config get-contexts',
				exitCode: exitCodes.unreachable,
			});
}

async function watch(fleet: Store<FleetSnapshot>, format: OutputFormat, {matches}: Filter): Promise<number> {
	let before = new Map<string, FleetRow>();
	let told = '';
	const print = printer(format === 'json' ? 'ndjson' : format);
	const show = () => {
		const {rows: all, state} = fleet.getSnapshot();
		const rows = all.filter(matches);
		const now = new Map(rows.map((row) => [row.ref, row]));
		const news = rows.filter((row) => before.get(row.ref) !== row);
		if (news.length > 0) print.rows(news);
		for (const ref of before.keys()) if (!now.has(ref)) print.removed(ref);
		before = now;
		// What is printed is what was last known; a script that waits for a change must be able to tell.
		if (state.kind === 'connecting') return;
		const trouble = state.kind === 'live' ? '' : state.reason;
		if (trouble !== told)
			process.stderr.write(trouble === '' ? 'The list is live again.\n' : `The list is not live: ${trouble}\n`);
		told = trouble;
	};
	show();
	const unsubscribe = fleet.subscribe(show);
	const code = await new Promise<number>((resolve) => {
		process.once('SIGINT', () => resolve(exitCodes.interrupted));
		process.once('SIGTERM', () => resolve(exitCodes.terminated));
	});
	unsubscribe();
	return code;
}

/** Prints rows, and later more rows, in one form: headings come once, columns keep their widths, YAML documents are parted. */
function printer(format: OutputFormat) {
	const widths: number[] = [];
	let parts = 0;
	return {
		rows(rows: readonly FleetRow[]): void {
			const items = () => rows.map(asItem);
			parts += 1;
			if (format === 'json') return printJson({items: items()} satisfies ListOutput);
			if (format === 'ndjson') return printNdjson(items());
			if (format === 'name') return printNames(rows.map(({ref}) => ref));
			if (format === 'yaml') {
				if (parts > 1) process.stdout.write('---\n');
				return printYaml({items: items()});
			}
			const wide = format === 'wide';
			printTable(parts > 1 ? undefined : headings(wide), cells(rows, wide), process.stdout, widths);
		},
		removed(ref: string): void {
			if (format === 'yaml') process.stdout.write('---\n');
			if (format === 'yaml') printYaml({removed: ref});
			else if (format === 'ndjson') printNdjson([{removed: ref} satisfies ListLine]);
			else process.stdout.write(`${ref} removed\n`);
		},
	};
}

const headings = (wide: boolean) => [
	...['NAMESPACE', 'NAME', 'ADDRESS', 'NETWORK', 'SERVICE ACCOUNT', 'PROXY', 'AGE'],
	...(wide ? ['SSH HOST', 'LABELS', 'DETAIL'] : []),
];

function cells(rows: readonly FleetRow[], wide: boolean): ReadonlyArray<readonly string[]> {
	const now = new Date();
	const labels = (entry: FleetRow['entry']) => Object.entries(selectionLabels(entry)).map((pair) => pair.join('='));
	return rows.map(({entry, proxy}) => [
		...[entry.namespace, entry.name, entry.address, entry.network, entry.serviceAccount, proxy.state],
		age(entry.createdAt, now),
		...(wide ? [sshHost(entry), labels(entry).join(','), proxy.detail] : []),
	]);
}

function asItem({entry, proxy}: FleetRow): ListItem {
	return {
		namespace: entry.namespace,
		name: entry.name,
		address: entry.address,
		network: entry.network,
		serviceAccount: entry.serviceAccount,
		labels: selectionLabels(entry),
		sshHost: sshHost(entry),
		proxy,
		createdAt: entry.createdAt,
	};
}

function sshHost(entry: FleetRow['entry']): string {
	return entry.annotations['sidecar-bootstrap.istio.io/ssh-host'] ?? entry.address;
}
