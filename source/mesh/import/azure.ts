import {splitWords} from '../build/words.ts';
import {asList, asRecord, asText, asTexts, isMapping} from '../untyped.ts';
import type {Imported} from './imported.ts';
import {importMachine, ipv4First} from './machine.ts';

/** An item of `az vm list -d -o json` (Azure CLI reference, `az vm list`; `-d` adds addresses and power state). */
export function isAzure(value: unknown): boolean {
	return isMapping(value) && (isMapping(value['hardwareProfile']) || /\/virtualMachines\//i.test(asText(value['id'])));
}

export function importAzure(value: unknown): Imported {
	const raw = asRecord(value);
	const name = asText(raw['name']);
	const location = asText(raw['location']);
	const zone = asText(asList(raw['zones'])[0]);
	const power = asText(raw['powerState']) || 'VM running';
	return importMachine({
		source: `vm ${name}`,
		name,
		id: asText(raw['vmId']),
		internalIps: ipv4First(splitWords(asText(raw['privateIps']))),
		externalIps: ipv4First(splitWords(asText(raw['publicIps']))),
		tags: asTexts(raw['tags']),
		locality: location === '' || zone === '' ? location : `${location}/${zone}`,
		stopped: power === 'VM running' ? undefined : `is ${power.replace(/^VM /, '')}`,
		raw,
	});
}
