import {asList, asRecord, asText, asTexts, isMapping} from '../untyped.ts';
import type {Imported} from './imported.ts';
import {importMachine, ipv4First} from './machine.ts';

/** An item of `gcloud compute instances list --format=json`: a Compute Engine instance (cloud.google.com, Compute API, `instances`). */
export function isGcloud(value: unknown): boolean {
	return isMapping(value) && (value['kind'] === 'compute#instance' || Array.isArray(value['networkInterfaces']));
}

export function importGcloud(value: unknown): Imported {
	const raw = asRecord(value);
	const name = asText(raw['name']);
	const interfaces = asList(raw['networkInterfaces']).map(asRecord);
	const access = (nic: Readonly<Record<string, unknown>>, key: string) => asList(nic[key]).map(asRecord);
	const status = asText(raw['status']) || 'RUNNING';
	const zone = asText(raw['zone']).split('/').at(-1) ?? '';
	return importMachine({
		source: `instance ${name}`,
		name,
		id: asText(raw['id']),
		internalIps: ipv4First(interfaces.flatMap((nic) => [asText(nic['networkIP']), asText(nic['ipv6Address'])])),
		externalIps: ipv4First(
			interfaces.flatMap((nic) => [
				...access(nic, 'accessConfigs').map((config) => asText(config['natIP'])),
				...access(nic, 'ipv6AccessConfigs').map((config) => asText(config['externalIpv6'])),
			]),
		),
		tags: asTexts(raw['labels']),
		// `europe-west1-b` is a zone of the region `europe-west1`.
		locality: zone === '' ? '' : `${zone.replace(/-[a-z]$/, '')}/${zone}`,
		stopped: status === 'RUNNING' ? undefined : `is ${status}`,
		raw,
	});
}
