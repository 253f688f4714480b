import {isIp} from '../ip.ts';
import {isFqdn} from '../kubernetes-names.ts';
import {asList, asRecord, isMapping} from '../untyped.ts';
import {cleanName, firstText, textsOf} from './clean-words.ts';
import {fieldsOf} from './fields.ts';
import type {Imported} from './imported.ts';

/** `ansible-inventory --list` (Ansible, "Developing dynamic inventory": groups of hosts, and `_meta.hostvars`). */
export function isAnsible(value: unknown): boolean {
	return isMapping(value) && isMapping(asRecord(value['_meta'])['hostvars']);
}

/**
 * A host's variables that are called as an entry's fields count for them; `ansible_host` is where SSH goes, and the address too unless
 * `private_ip`, `internal_ip` or a gathered fact names one. `ansible_user` is left alone: it is the one who administers the machine.
 */
export function importAnsible(value: unknown): readonly Imported[] {
	const inventory = asRecord(value);
	const variables = asRecord(asRecord(inventory['_meta'])['hostvars']);
	const groups = new Map<string, string[]>();
	for (const [group, content] of Object.entries(inventory)) {
		for (const host of asList(asRecord(content)['hosts'])) {
			if (typeof host === 'string') groups.set(host, [...(groups.get(host) ?? []), group]);
		}
	}
	const hosts = new Set([...Object.keys(variables), ...groups.keys()]);
	return [...hosts].map((host) => importHost(host, asRecord(variables[host]), groups.get(host) ?? []));
}

function importHost(host: string, variables: Readonly<Record<string, unknown>>, groups: readonly string[]): Imported {
	const texts = textsOf(variables);
	const own = Object.fromEntries(Object.entries(texts).filter(([key]) => !key.startsWith('ansible_')));
	const {name: _, ...fields} = fieldsOf(own);
	const facts = asRecord(variables['ansible_default_ipv4']);
	const sshHost = firstText(
		texts['ansible_host'],
		texts['ansible_ssh_host'],
		isIp(host) || host.includes('.') ? host : '',
	);
	const internalIp = firstText(own['private_ip'], own['internal_ip'], facts['address']);
	const address = firstText(internalIp, isIp(sshHost) || isFqdn(sshHost) ? sshHost : '');
	return {
		source: `host ${host}`,
		values: {...variables, name: host, groups: groups.join(','), internalIp, externalIp: sshHost, tags: own},
		draft: {
			name: cleanName(host),
			address,
			...(internalIp === '' ? {} : {instanceIp: internalIp}),
			...(sshHost === '' ? {} : {sshHost}),
			...(texts['ansible_port'] === undefined ? {} : {sshPort: texts['ansible_port']}),
			...fields,
		},
		...(texts['ansible_connection'] === 'local' ? {stopped: 'is this machine itself'} : {}),
	};
}
