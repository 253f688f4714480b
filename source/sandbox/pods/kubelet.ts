import {asList, asRecord, asText} from '../../mesh/untyped.ts';
import {kindOf} from '../api/kinds.ts';
import type {ObjectStore} from '../api/object-store.ts';
import type {Timers} from '../machine/machine.ts';

/** How long a pod takes to come up, in ms. */
const comesUpIn = 400;

/** Brings up the pods that are made in the sandbox: they run a moment later, on its one node. */
export function startKubelet(store: ObjectStore, timers: Timers): void {
	let last = 100;
	store.onChange(({kind, type, object}) => {
		if (kind !== kindOf('', 'pods') || type !== 'ADDED' || object.status !== undefined) return;
		const {namespace, name} = object.metadata;
		timers.after(comesUpIn, () => {
			const pod = store.get(kind, namespace, name);
			if (pod === undefined || pod.metadata.uid !== object.metadata.uid) return;
			const names = asList(asRecord(pod.spec)['containers']).map((container) => asText(asRecord(container)['name']));
			store.update(kind, {
				...pod,
				status: {
					phase: 'Running',
					podIP: `10.20.0.${last++}`,
					hostIP: '10.128.0.1',
					conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((is) => ({
						type: is,
						status: 'True',
					})),
					containerStatuses: names.map((container) => ({
						name: container,
						ready: true,
						restartCount: 0,
						state: {running: {startedAt: new Date().toISOString()}},
					})),
				},
			});
		});
	});
}
