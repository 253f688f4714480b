import type {Neighbours} from '../mesh/neighbours.ts';
import type {WorkloadEntry} from '../mesh/workload-entry.ts';
import type {Check, Finding} from './finding.ts';
import type {LintOptions} from './lint-options.ts';

/** What was looked at for an entry, and what could not be: not checked is not passed. */
export function entryChecks(
	entry: WorkloadEntry,
	findings: readonly Finding[],
	neighbours: Neighbours,
	{origin, networks}: Pick<LintOptions, 'origin' | 'networks'>,
): readonly Check[] {
	const {namespace} = entry;
	const unknown = (what: string) =>
		origin === 'file'
			? `the files hold no ${what} of namespace ${namespace}`
			: `you may not list every ${what} of namespace ${namespace}`;
	const area = (id: string, title: string, prefixes: readonly string[], missing?: string): Check => {
		const found = findings.filter((one) => prefixes.some((prefix) => one.id.startsWith(prefix)));
		const worst = found.some(({severity}) => severity === 'error')
			? 'failed'
			: found.some(({severity}) => severity === 'warning')
				? 'warning'
				: undefined;
		const ids = [...new Set(found.map((one) => one.id))].join(', ');
		if (worst !== undefined) return {id, title, outcome: worst, detail: ids, ms: 0};
		return missing === undefined
			? {id, title, outcome: 'passed', detail: 'no fault was found', ms: 0}
			: {id, title, outcome: 'not-done', detail: missing, ms: 0};
	};
	const {services, serviceEntries, sidecars} = neighbours;
	const lacking =
		services === undefined || serviceEntries === undefined ? unknown('Service or ServiceEntry') : undefined;
	const untold =
		entry.network === '' || networks !== undefined ? undefined : 'which networks a gateway serves is not known';
	return [
		area('objects.entry', 'Entry', ['entry.', 'cluster.']),
		area('objects.network', 'Network', ['entry.network-'], untold),
		area('objects.service', 'Service', ['service.'], lacking),
		area(
			'objects.sidecar',
			'Sidecar',
			['sidecar.', 'listener.'],
			sidecars === undefined ? unknown('Sidecar') : undefined,
		),
	];
}
