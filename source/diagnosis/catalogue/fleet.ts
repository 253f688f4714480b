import type {CatalogueEntry} from '../catalogue-entry.ts';

export const fleetFindings = {
	'fleet.empty': {
		severity: 'info',
		summary: 'The selection contains no WorkloadEntry.',
		remedy: {text: 'Name another namespace or selector.', command: 'kubectl get we -A'},
	},
	'fleet.shared-vm': {
		severity: 'error',
		summary: 'Two selected entries lead to the same VM: one proxy would remove or block the other.',
		remedy: {
			text: 'One entry for each VM; further services of the VM through further ports and Services of the same entry.',
		},
	},
} as const satisfies Record<string, CatalogueEntry>;
