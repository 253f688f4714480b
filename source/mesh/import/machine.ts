import type {EntryDraft} from '../build/entry.ts';
import {formatLabels} from '../build/words.ts';
import {cleanLabels, cleanLabelValue, cleanName, firstText} from './clean-words.ts';
import type {Imported} from './imported.ts';

/** A machine as a cloud lists it. IPs in the order of its interfaces, IPv4 first. */
export type Machine = {
	readonly source: string;
	readonly name: string;
	readonly id: string;
	readonly internalIps: readonly string[];
	readonly externalIps: readonly string[];
	/** The cloud's labels or tags. */
	readonly tags: Readonly<Record<string, string>>;
	readonly locality: string;
	readonly stopped: string | undefined;
	/** As the cloud told it. */
	readonly raw: Readonly<Record<string, unknown>>;
};

/**
 * What an entry takes of a machine when nobody says otherwise: pods use its internal IP, which its proxy can bind, and SSH goes to the
 * external one where there is one. Tags become labels; those called `app` and `version` the ones of telemetry.
 */
export function importMachine(machine: Machine): Imported {
	const {source, name, id, internalIps, externalIps, tags, locality, stopped, raw} = machine;
	const [internalIp = '', externalIp = ''] = [internalIps[0], externalIps[0]];
	const address = firstText(internalIp, externalIp);
	const app = firstText(tags['app'], tags['App'], tags['app.kubernetes.io/name']);
	const version = firstText(tags['version'], tags['Version'], tags['app.kubernetes.io/version']);
	const draft: EntryDraft = {
		name: cleanName(name),
		address,
		instanceIp: internalIp,
		sshHost: firstText(externalIp, internalIp),
		locality,
		labels: formatLabels(furtherLabels(tags)),
		...(app === '' ? {} : {app: cleanLabelValue(app)}),
		...(version === '' ? {} : {appVersion: cleanLabelValue(version)}),
		...(tags['class'] === undefined ? {} : {class: cleanLabelValue(tags['class'])}),
	};
	return {
		source,
		draft,
		values: {...raw, name, id, internalIp, externalIp, internalIps, externalIps, tags, locality},
		...(stopped === undefined ? {} : {stopped}),
	};
}

/** IPv4 before IPv6, each in its order, none twice. */
export function ipv4First(ips: readonly string[]): readonly string[] {
	const all = [...new Set(ips.filter((ip) => ip !== ''))];
	return [...all.filter((ip) => !ip.includes(':')), ...all.filter((ip) => ip.includes(':'))];
}

/** Without those that have a field of their own, the machine's name, and the cloud's own bookkeeping. */
function furtherLabels(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
	const own = new Set(['app', 'version', 'class', 'name']);
	return cleanLabels(
		Object.fromEntries(
			Object.entries(tags).filter(([key]) => !own.has(key.toLowerCase()) && !/^(aws|goog)[:-]/.test(key)),
		),
	);
}
