import {exitCodes, UserError} from '../../errors.ts';
import {sanitise} from '../../output/sanitise.ts';
import {importAnsible, isAnsible} from './ansible.ts';
import {awsInstances, importAws} from './aws.ts';
import {importAzure, isAzure} from './azure.ts';
import {importCsv} from './csv.ts';
import {importGcloud, isGcloud} from './gcloud.ts';
import type {Inventory} from './imported.ts';

/** What makes many entries, told by its shape: JSON of four tools, else CSV. Throws UserError `import` (exit 65) with what was seen. */
export function recognise(text: string): Inventory {
	const trimmed = text.replace(/^\uFEFF/, '').trim();
	if (trimmed === '') throw unknown('there is nothing in it');
	if (!/^[[{]/.test(trimmed)) return {kind: 'CSV', rows: importCsv(text)};
	const value = parseJson(trimmed);
	const aws = awsInstances(value);
	if (aws !== undefined) return {kind: 'aws ec2 describe-instances', rows: aws.map(importAws)};
	if (isAnsible(value)) return {kind: 'ansible-inventory --list', rows: importAnsible(value)};
	if (!Array.isArray(value)) throw unknown('it is JSON of another shape');
	if (value.length === 0) return {kind: 'an empty list', rows: []};
	if (value.every(isGcloud)) return {kind: 'gcloud compute instances list', rows: value.map(importGcloud)};
	if (value.every(isAzure)) {
		if (!value.some((vm) => 'powerState' in vm || 'privateIps' in vm))
			throw unknown('it is az vm list without addresses: ask with -d (az vm list -d -o json)');
		return {kind: 'az vm list -d', rows: value.map(importAzure)};
	}
	throw unknown('it is a JSON list of another shape');
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		throw unknown(`its JSON is broken: ${sanitise(error instanceof Error ? error.message : String(error))}`);
	}
}

function unknown(why: string): UserError {
	return new UserError({
		code: 'import',
		message: `This is no table of machines that meshboard knows: ${why}.`,
		hint: 'It takes CSV, or the JSON of ansible-inventory --list, gcloud compute instances list --format=json, aws ec2 describe-instances, az vm list -d -o json.',
		exitCode: exitCodes.badData,
	});
}
