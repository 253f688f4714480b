import {parseListeners} from '../parse/listeners.ts';
import {plainLines, plainText} from '../plain-text.ts';
import {fieldOf, parseSections, type Said} from '../sections.ts';

/** What redirects traffic on a VM to a proxy, and what it meets there. Texts are clean. */
export type InterceptionFacts = {
	/** Rules and chains of Istio that redirect, as `iptables-save` writes them, of both kinds of iptables; undefined where they may not be read. */
	readonly rules: readonly string[] | undefined;
	/** Why not. */
	readonly refusal: string;
	/** The words with which the table `nat` could not be listed; empty where it could. */
	readonly trouble: string;
	/** `iptables v1.8.9 (nf_tables)`; empty when unknown. */
	readonly version: string;
	/** Of the package's `cluster.env`, by name, without quotes. */
	readonly settings: Readonly<Record<string, string>>;
	/** Ports of sshd by its own configuration; none where that may not be read. */
	readonly sshPorts: readonly number[];
	/** systemd's word on the unit `istio`; empty when unknown. */
	readonly active: string;
	/** Ports on which anything listens; undefined when they could not be listed. */
	readonly listening: readonly number[] | undefined;
	/** Docker's bridge is there. */
	readonly bridge: boolean;
	/** Running containers with networks of their own, and those. */
	readonly containers: readonly string[];
	/** Addresses of the resolvers that programs on the VM ask. */
	readonly nameservers: readonly string[];
	/** A name outside of the mesh; undefined when none is known. */
	readonly lookup: Lookup | undefined;
};

/** The address of a name for the proxy's account, whose questions are not captured, and for others: empty when they get none. */
export type Lookup = {readonly name: string; readonly past: string; readonly captured: string};

/** Reads what `interceptionProbe` printed; undefined when the script did not come to its end. Otherwise total. */
export function parseInterception(output: string): InterceptionFacts | undefined {
	const said = parseSections(output);
	if (!said.has('unit')) return undefined;
	const lines = (name: string) => said.get(name)?.lines ?? [];
	const clean = (name: string) => lines(name).map((line) => plainText(line, 300));
	const readable = said.get('rules')?.code === 0;
	const table = said.get('table');
	return {
		rules: readable ? redirecting(clean('rules')) : undefined,
		refusal: readable ? '' : plainLines(lines('rules').join('\n'), 3),
		trouble: table === undefined || table.code === 0 ? '' : plainLines(table.lines.join('\n'), 3),
		version: said.get('version')?.code === 0 ? (clean('version')[0] ?? '') : '',
		settings: Object.fromEntries(clean('settings').flatMap(settingOf)),
		sshPorts: portsOf(said.get('sshd')),
		active: fieldOf(said.get('unit'), 'active'),
		listening: said.get('sockets')?.code === 0 ? parseListeners(lines('sockets')).map(({port}) => port) : undefined,
		bridge: said.get('bridge')?.code === 0,
		containers: clean('containers'),
		nameservers: clean('resolver').flatMap((line) => line.split(/\s+/)[1] ?? []),
		lookup: lookupOf(said.get('lookup')),
	};
}

/**
 * Of what was saved, table by table. In `raw`, DNS capture has chains of the same names, which redirect nothing: they tell apart the
 * connections of DNS (istio/istio, tools/istio-iptables, addDNSConntrackZones).
 */
function redirecting(saved: readonly string[]): readonly string[] {
	let table = '';
	return saved.filter((line) => {
		if (isTable.test(line)) table = line;
		return table !== '*raw' && isRule.test(line);
	});
}

/** Of iptables, and of nftables itself. */
const isTable = /^(\*|table )/;

/** Not what iptables says beside them, such as that there are tables of the other kind too. */
const isRule = /^(-A|:|table) ?/;

/** A value that the shell would take as `NAME=value` or `NAME='value'`. */
function settingOf(line: string): ReadonlyArray<readonly [string, string]> {
	const at = line.indexOf('=');
	return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1).replace(/^(['"])(.*)\1$/, '$2')]];
}

function portsOf(said: Said | undefined): readonly number[] {
	return (said?.lines ?? []).flatMap((line) => {
		const port = Number(/^port (\d+)\s*$/i.exec(line)?.[1] ?? '');
		return port > 0 ? [port] : [];
	});
}

/** The one that tells most: a name that the proxy's account gets an address for, else one that anybody does. */
function lookupOf(said: Said | undefined): Lookup | undefined {
	const lookups = (said?.lines ?? []).flatMap((line): readonly Lookup[] => {
		const name = /^name (\S+)$/.exec(plainText(line, 120))?.[1];
		if (name === undefined) return [];
		return [{name, past: fieldOf(said, `past ${name}`), captured: fieldOf(said, `captured ${name}`)}];
	});
	return lookups.find(({past}) => past !== '') ?? lookups.find(({captured}) => captured !== '') ?? lookups[0];
}
