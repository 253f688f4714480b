import {hostsFile, type PlacedFile} from '../../../bundle/package/placed.ts';
import {istiodHost} from '../../../bundle/package/proxy-config.ts';
import type {Target} from '../../../mesh/target.ts';
import {pauseIstio, writeHosts} from '../../../vm/package-commands.ts';
import type {PackageFacts} from '../../../vm/package-facts.ts';
import {type Exec, perform} from '../../action.ts';
import type {Step} from '../../step.ts';
import {isStale, unchanged} from '../bootstrap/unchanged.ts';
import {asRoot, endOf} from '../prepare/as-admin.ts';
import {filesFor, place} from './on-vm.ts';

const stop = asRoot(pauseIstio);

/**
 * Puts the files that differ into their places, and istiod's name into `/etc/hosts`. A running proxy goes on with the old ones, but for
 * `cluster.env`: with a new one the unit would look for other rules of interception than those to be taken away (istio/istio,
 * tools/istio-iptables, executeCommands), and what is left of them breaks the next.
 */
export const placeStep: Step = {
	id: 'bootstrap.files',
	phase: 'bootstrap',
	title: 'Put the files into their places',
	plan: ({target, facts}) => [stop, place(filesFor(target, facts)), ...hosts(target)],
	*run({target, facts}) {
		if (facts.unchanged === true) return unchanged;
		const files = filesFor(target, facts).filter(({name}) => isStale(facts, name));
		const done: string[] = [];
		if (mustStop(files, facts.package)) {
			const stopped = yield* perform(stop);
			if (stopped.code !== 0) return {status: 'failed', detail: `The service istio did not stop: ${endOf(stopped)}`};
		}
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

function mustStop(files: readonly PlacedFile[], found: PackageFacts | undefined): boolean {
	const isUp = !['', 'inactive', 'failed'].includes(found?.unit.active ?? '');
	return isUp && files.some(({name}) => name === 'cluster.env');
}

function hosts({mesh, gateway}: Target): readonly Exec[] {
	if (mesh === undefined || gateway === undefined) return [];
	return [asRoot(writeHosts(gateway.address, gateway.isIp, istiodHost(mesh)))];
}
