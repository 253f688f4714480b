import {openConnector} from '../compose.ts';
import type {EntryDraft} from '../mesh/build/entry.ts';
import {entryDraftFrom} from '../mesh/build/from-vm.ts';
import {askVm as ask, placeOf, type VmReport} from '../onboarding/objects/ask-vm.ts';
import {askAtTerminal} from './ask.ts';
import type {CreateFlags} from './create-flags.ts';
import {printTable} from './print.ts';
import {settingsOf} from './with-cluster.ts';

/**
 * Connects to a machine, says on standard error what it reports, and answers what an entry may take of it.
 * Throws UserError `ssh.*`, `ask-vm`.
 */
export async function askVm(flags: CreateFlags, host: string): Promise<EntryDraft> {
	const connector = await openConnector(process.env);
	const place = placeOf(settingsOf(flags), {host, ...(flags.sshUser === undefined ? {} : {user: flags.sshUser})});
	const report = await ask(connector, place, {ask: askAtTerminal});
	tell(report);
	return entryDraftFrom(host, report);
}

function tell({description, addresses, apps}: VmReport): void {
	process.stderr.write(`${description} reports:\n`);
	const rows = [
		...addresses.map(({interface: name, address}) => ['address', address, name]),
		...apps.map(({address, port, process: name}) => ['listens', `${address}:${port}`, name]),
	];
	if (rows.length === 0) process.stderr.write('no address and no application that others could reach\n');
	else printTable(['WHAT', 'WHERE', 'OF'], rows, process.stderr);
}
