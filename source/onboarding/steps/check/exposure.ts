import {examineExpansion} from '../../../diagnosis/causes/expansion.ts';
import type {Finding} from '../../../diagnosis/finding.ts';
import type {KubernetesObject} from '../../../mesh/kubernetes-object.ts';
import {toManifest} from '../../../mesh/yaml.ts';
import {type Procedure, performAll} from '../../action.ts';
import type {StepContext} from '../../step.ts';

/**
 * `gateway.not-exposed`: nobody told the gateway to pass the VM's traffic on. Asked only where it refuses the VM; not of Tetrate's gateway,
 * which its operator tells.
 */
export function* notExposed({target, options}: StepContext): Procedure<Finding | undefined> {
	const {mesh, gateway} = target;
	if (mesh === undefined || mesh.tetrate || gateway?.origin.startsWith('Service ') !== true) return undefined;
	const {istioNamespace, revision} = mesh;
	const list = (group: string, resource: string) =>
		({kind: 'list', resource: {group, resource}, namespace: istioNamespace}) as const;
	const answers = yield* performAll(
		list('', 'services'),
		list('', 'pods'),
		list('networking.istio.io', 'gateways'),
		list('networking.istio.io', 'virtualservices'),
	);
	const [services, pods, gateways, virtualServices] = answers.map((answer): readonly KubernetesObject[] | undefined =>
		answer.done ? answer.objects : undefined,
	);
	const {
		findings,
		missing,
		gateway: examined,
	} = examineExpansion(
		{
			context: options.context,
			istioNamespace,
			revision: revision === 'default' ? '' : revision,
			absent: [],
			otherRevisions: [],
			network: mesh.network,
			namespace: undefined,
			services,
			pods,
			gateways,
			virtualServices,
		},
		undefined,
	);
	// A VM may be told another gateway, which is exposed in its own way.
	if (gateway.origin !== `Service ${examined}`) return undefined;
	const found = findings.find(({id}) => id === 'gateway.not-exposed');
	const leading = missing.filter(({kind}) => kind === 'Gateway' || kind === 'VirtualService');
	return found && {...found, remedy: {...found.remedy, manifest: toManifest(leading)}};
}
