import {appFindings} from './catalogue/app.ts';
import {clusterFindings} from './catalogue/cluster.ts';
import {entryFindings} from './catalogue/entry.ts';
import {fleetFindings} from './catalogue/fleet.ts';
import {gatewayFindings} from './catalogue/gateway.ts';
import {identityFindings} from './catalogue/identity.ts';
import {iptablesFindings} from './catalogue/iptables.ts';
import {listenerFindings} from './catalogue/listener.ts';
import {networkFindings} from './catalogue/network.ts';
import {proxyFindings} from './catalogue/proxy.ts';
import {serviceFindings} from './catalogue/service.ts';
import {sidecarFindings} from './catalogue/sidecar.ts';
import {sshFindings} from './catalogue/ssh.ts';
import {tokenFindings} from './catalogue/token.ts';
import {trafficFindings} from './catalogue/traffic.ts';
import {vmFindings} from './catalogue/vm.ts';
import {xdsFindings} from './catalogue/xds.ts';
import type {CatalogueEntry} from './catalogue-entry.ts';
import type {Evidence, Finding} from './finding.ts';

/** Every named cause with its severity, meaning and remedy: the one table behind docs/findings.md. Ids are never renamed. */
export const catalogue = {
	...clusterFindings,
	...entryFindings,
	...sidecarFindings,
	...serviceFindings,
	...gatewayFindings,
	...tokenFindings,
	...sshFindings,
	...vmFindings,
	...iptablesFindings,
	...networkFindings,
	...proxyFindings,
	...xdsFindings,
	...identityFindings,
	...listenerFindings,
	...appFindings,
	...trafficFindings,
	...fleetFindings,
} as const;

export type FindingId = keyof typeof catalogue;

/** True when the word is the id of a named cause. */
export function isFindingId(id: string): id is FindingId {
	return Object.hasOwn(catalogue, id);
}

/**
 * A finding of the catalogue. `values` fill the placeholders of the remedy (`<we>`, `<ns>`, `<sa>`, `<i>`, `<gw>`, `<dir>`, `<c>`, …);
 * what has no value stays as written. `summary` replaces the catalogue's sentence where the case can be told more exactly.
 * `manifest`: the corrected object.
 */
export function finding(
	id: FindingId,
	about: {
		target: string;
		evidence: readonly Evidence[];
		values?: Readonly<Record<string, string>>;
		summary?: string;
		manifest?: string;
	},
): Finding {
	const entry: CatalogueEntry = catalogue[id];
	const fill = (text: string) =>
		text.replaceAll(/<([a-z ]+)>/g, (placeholder, name: string) => about.values?.[name] ?? placeholder);
	const manifest = about.manifest ?? (entry.remedy.manifest === undefined ? undefined : fill(entry.remedy.manifest));
	return {
		id,
		severity: entry.severity,
		target: about.target,
		summary: about.summary ?? entry.summary,
		evidence: about.evidence,
		remedy: {
			text: fill(entry.remedy.text),
			...(entry.remedy.command === undefined ? {} : {command: fill(entry.remedy.command)}),
			...(manifest === undefined ? {} : {manifest}),
		},
	};
}
