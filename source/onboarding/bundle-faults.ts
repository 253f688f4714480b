import {bundleParts} from '../bundle/parts.ts';
import {finding} from '../diagnosis/catalogue.ts';
import type {Finding} from '../diagnosis/finding.ts';
import type {Target} from '../mesh/target.ts';

/**
 * The causes for which `sidecar-bootstrap` gives up before it writes anything (tetratelabs/istio, istioctl/cmd/sidecar-bootstrap.go).
 * Other faults of the objects, such as a Sidecar that is not there yet, keep no bundle from being made: they are told. What is missing of
 * the mesh stops where a part of the bundle is missing with it.
 */
const stops = new Set([
	'cluster.unsupported-setting',
	'cluster.proxy-config-invalid',
	'gateway.not-found',
	'gateway.address-pending',
	'gateway.port-missing',
	'gateway.mesh-expansion-off',
	'entry.invalid',
	'entry.address-missing',
	'entry.service-account-missing',
	'token.service-account-not-found',
	'token.forbidden',
]);

/** Why no bundle is made for a target; empty when one can be. */
export function bundleFaults(target: Target): readonly Finding[] {
	const errors = target.problems.filter(({severity}) => severity === 'error');
	const stopping = errors.filter(({id}) => stops.has(id));
	if (stopping.length > 0 || partsAreKnown(target)) return stopping;
	const near = errors.filter(({id}) => /^(cluster|gateway|entry)\./.test(id));
	return near.length > 0 ? near : [unknown(target)];
}

/** Of a group's VM for which files are made, its IP may come later. */
function partsAreKnown(target: Target): boolean {
	const {configured, mesh, gateway} = target;
	return configured === undefined ? bundleParts(target) !== undefined : mesh !== undefined && gateway !== undefined;
}

/** Parts are missing, and nobody has said why. */
function unknown({ref, entry}: Target): Finding {
	return finding('entry.invalid', {
		target: `workloadentry/${entry.namespace}/${entry.name}`,
		evidence: [{source: ref, text: 'the mesh, its gateway, or the IP of the VM is not known'}],
	});
}
