import type {Finding} from '../../../diagnosis/finding.ts';
import type {Target} from '../../../mesh/target.ts';
import {perform} from '../../action.ts';
import type {Step} from '../../step.ts';
import {outcomeOf, type Verdict, verdict} from './verdict.ts';

/** The entry and what belongs to it in the cluster, read anew: entry, service account, Service, Sidecar, gateway, mesh. */
export const objectsStep: Step = {
	id: 'check.objects',
	phase: 'check',
	title: 'Check the objects in the cluster',
	plan: () => [],
	*run() {
		const target = yield* perform({kind: 'resolve', ahead: 'pods'});
		return {...outcomeOf(objectVerdicts(target), `${target.ref} can be onboarded`), target, findings: target.problems};
	},
};

export function objectVerdicts(target: Target): readonly Verdict[] {
	const {entry, services, ingress, gateway, mesh, problems} = target;
	const unreadable = problems.some(({id}) => id === 'cluster.forbidden');
	const unread = {outcome: 'not-done', detail: 'could not be read: see cluster.forbidden'} as const;
	const passed = (detail: string) => ({outcome: 'passed', detail}) as const;
	const area = (id: string, title: string, prefixes: readonly string[], otherwise: Otherwise): Verdict => {
		const found = problems.filter((problem) => prefixes.some((prefix) => problem.id.startsWith(prefix)));
		const worst = worstOf(found);
		if (worst === undefined) return verdict(id, title, otherwise.outcome, otherwise.detail);
		const words = found.filter(({severity}) => severity === worst).map(({summary}) => summary);
		return verdict(id, title, worst === 'error' ? 'failed' : 'warning', words.join(' '));
	};
	const network = entry.network === '' ? '' : `, network ${entry.network}`;
	const inbound = ingress.map(({port, defaultEndpoint}) => `${port} to ${defaultEndpoint}`).join(', ');
	return [
		area(
			'objects.mesh',
			'Mesh',
			['cluster.'],
			mesh === undefined ? unread : passed(`trust domain ${mesh.trustDomain}`),
		),
		area('objects.gateway', 'Gateway', ['gateway.'], gatewayCheck(gateway)),
		area('objects.entry', 'Entry', ['entry.'], passed(`${entry.address || 'no address'}${network}`)),
		area('objects.service-account', 'Service account', ['token.'], passed(entry.serviceAccount)),
		area(
			'objects.service',
			'Service',
			['service.'],
			services.length > 0
				? passed(services.map(({metadata}) => metadata.name).join(', '))
				: unreadable
					? unread
					: passed('a ServiceEntry selects it'),
		),
		area(
			'objects.sidecar',
			'Sidecar',
			['sidecar.', 'listener.'],
			inbound !== ''
				? passed(`inbound ${inbound}`)
				: target.interceptionMode.value === 'NONE'
					? unread
					: passed(`interception ${target.interceptionMode.value} needs none`),
		),
	];
}

type Otherwise = {readonly outcome: 'passed' | 'not-done'; readonly detail: string};

function gatewayCheck(gateway: Target['gateway']): Otherwise {
	if (gateway === undefined) return {outcome: 'not-done', detail: 'no gateway is known'};
	return {outcome: 'passed', detail: `${gateway.address} (${gateway.origin})`};
}

function worstOf(findings: readonly Finding[]): 'error' | 'warning' | undefined {
	if (findings.some(({severity}) => severity === 'error')) return 'error';
	return findings.some(({severity}) => severity === 'warning') ? 'warning' : undefined;
}
