import {asList, asRecord, asText, isMapping} from '../untyped.ts';
import {firstText} from './clean-words.ts';
import type {Imported} from './imported.ts';
import {importMachine, ipv4First} from './machine.ts';

/** `aws ec2 describe-instances` (AWS CLI reference, ec2 describe-instances, "Output"), whole or its instances alone. */
export function awsInstances(value: unknown): readonly unknown[] | undefined {
	if (isMapping(value) && Array.isArray(value['Reservations']))
		return value['Reservations'].flatMap((reservation) => asList(asRecord(reservation)['Instances']));
	return Array.isArray(value) &&
		value.length > 0 &&
		value.flat().every((item) => isMapping(item) && 'InstanceId' in item)
		? value.flat()
		: undefined;
}

export function importAws(value: unknown): Imported {
	const raw = asRecord(value);
	const id = asText(raw['InstanceId']);
	const tags = Object.fromEntries(
		asList(raw['Tags'])
			.map(asRecord)
			.map((tag) => [asText(tag['Key']), asText(tag['Value'])]),
	);
	const interfaces = asList(raw['NetworkInterfaces']).map(asRecord);
	const zone = asText(asRecord(raw['Placement'])['AvailabilityZone']);
	const state = asText(asRecord(raw['State'])['Name']) || 'running';
	return importMachine({
		source: `instance ${id}`,
		name: firstText(tags['Name'], id),
		id,
		internalIps: ipv4First([
			asText(raw['PrivateIpAddress']),
			...interfaces.map((nic) => asText(nic['PrivateIpAddress'])),
			...interfaces.flatMap((nic) => asList(nic['Ipv6Addresses']).map((ip) => asText(asRecord(ip)['Ipv6Address']))),
		]),
		externalIps: ipv4First([
			asText(raw['PublicIpAddress']),
			...interfaces.map((nic) => asText(asRecord(nic['Association'])['PublicIp'])),
		]),
		tags,
		// `eu-central-1a` is a zone of the region `eu-central-1`.
		locality: zone === '' ? '' : `${zone.replace(/[a-z]$/, '')}/${zone}`,
		stopped: state === 'running' ? undefined : `is ${state}`,
		raw,
	});
}
