import type {FleetRow} from '../../source/fleet/row.ts';
import {entryNamed} from '../helpers/target.ts';

/** Entries as the Bookinfo guide has them. */
export function someRows(): readonly FleetRow[] {
	const states = ['synced', 'stale', 'rejected', 'absent', 'unknown'] as const;
	return ['details', 'productpage', 'ratings', 'reviews-v1', 'reviews-v2'].map((name, index) => ({
		ref: `${name}-vm.bookinfo`,
		entry: entryNamed(`${name}-vm`, 'bookinfo', {
			address: `10.128.0.${index + 2}`,
			specLabels: {app: name, version: 'v1'},
			annotations: {'sidecar-bootstrap.istio.io/ssh-user': 'istio-proxy'},
		}),
		proxy: {state: states[index] ?? 'unknown', detail: index === 1 ? 'RDS was sent, not acknowledged' : ''},
	}));
}

/** Many entries, sorted by namespace and name. */
export function manyRows(count: number): readonly FleetRow[] {
	return Array.from({length: count}, (_, index) => {
		const name = `vm-${String(index).padStart(5, '0')}`;
		const namespace = `team-${String(Math.floor(index / 500)).padStart(2, '0')}`;
		return {
			ref: `${name}.${namespace}`,
			entry: entryNamed(name, namespace, {
				address: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
				specLabels: {app: `app-${index % 40}`},
			}),
			proxy: {state: index % 7 === 0 ? 'stale' : 'synced', detail: ''},
		};
	});
}
