import {hostsFile} from '../../../bundle/package/placed.ts';
import {istiodHost} from '../../../bundle/package/proxy-config.ts';
import type {Target} from '../../../mesh/target.ts';
import {writeHosts} from '../../../vm/package-commands.ts';
import {type Exec, perform} from '../../action.ts';
import type {Step} from '../../step.ts';
import {isStale, unchanged} from '../bootstrap/unchanged.ts';
import {asRoot, endOf} from '../prepare/as-admin.ts';
import {filesFor, place} from './on-vm.ts';

/** Puts the files that differ into their places, and istiod's name into `/etc/hosts`. A running proxy goes on with the old ones. */
export const placeStep: Step = {
	id: 'bootstrap.files',
	phase: 'bootstrap',
	title: 'Put the files into their places',
	plan: ({target, facts}) => [place(filesFor(target, facts)), ...hosts(target)],
	*run({target, facts}) {
		if (facts.unchanged === true) return unchanged;
		const files = filesFor(target, facts).filter(({name}) => isStale(facts, name));
		const done: string[] = [];
		if (files.length > 0) {
			yield* perform(place(files));
			done.push(...new Set(files.map(({path}) => path)));
		}
		const [line] = hosts(target);
		if (line !== undefined && isStale(facts, hostsFile)) {
			const written = yield* perform(line);
			if (written.code !== 0)
				return {status: 'failed', detail: `${hostsFile}: ${endOf(written)}`, changed: done.length > 0};
			done.push(hostsFile);
		}
		return done.length === 0
			? {status: 'skipped', detail: 'the files are as they should be'}
			: {status: 'succeeded', detail: done.join(', '), changed: true};
	},
};

function hosts({mesh, gateway}: Target): readonly Exec[] {
	if (mesh === undefined || gateway === undefined) return [];
	return [asRoot(writeHosts(gateway.address, gateway.isIp, istiodHost(mesh)))];
}
