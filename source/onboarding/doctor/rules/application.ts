import {joinHostPort, splitHostPort} from '../../../mesh/ip.ts';
import type {Ingress} from '../../../mesh/sidecar.ts';
import type {Target} from '../../../mesh/target.ts';
import {isWildcard} from '../../../vm/application.ts';
import {canonicalIp} from '../../../vm/canonical-ip.ts';
import type {VmFacts} from '../../../vm/facts.ts';
import type {StepContext} from '../../step.ts';
import {type Verdict, verdict} from '../../steps/check/verdict.ts';
import {findingAbout} from '../../steps/stopped-by.ts';

/** `app.not-listening`: does anything take requests where the proxy hands them on? */
export function applicationVerdicts(context: StepContext, vm: VmFacts): readonly Verdict[] {
	const {listeners} = vm;
	if (listeners === undefined) return [];
	const silent = silentEndpoints(context.target, vm);
	return context.target.ingress.flatMap((ingress) => {
		const {port, defaultEndpoint} = ingress;
		const wanted = portOf(ingress);
		if (wanted === undefined) return [];
		const id = `app.port-${port}`;
		const title = `Application behind port ${port}`;
		if (!silent.includes(ingress)) return [verdict(id, title, 'passed', `listens on ${defaultEndpoint}`)];
		const summary = `Nothing listens at ${defaultEndpoint} on the VM, where the proxy hands requests on.`;
		const listed = listeners.map((one) => `${joinHostPort(one.address, one.port)} ${one.process}`.trim());
		const evidence = [{source: 'ss -ltn', text: listed.slice(0, 20).join('\n') || 'nothing listens'}];
		const values = {port: String(wanted)};
		return [
			verdict(id, title, 'failed', summary, [findingAbout(context, 'app.not-listening', evidence, summary, values)]),
		];
	});
}

/** The inbound ports whose application does not listen; none where the VM's sockets are not known. */
export function silentEndpoints({ingress}: Pick<Target, 'ingress'>, vm: VmFacts | undefined): readonly Ingress[] {
	const listeners = vm?.listeners;
	if (listeners === undefined) return [];
	return ingress.filter((one) => {
		const wanted = portOf(one);
		const address = canonicalIp(splitHostPort(one.defaultEndpoint).host);
		return (
			wanted !== undefined &&
			!listeners.some(({port, address: at}) => port === wanted && (isWildcard(at) || at === address))
		);
	});
}

/** Without an endpoint, or at a socket's path, there is nothing to compare. */
function portOf({defaultEndpoint}: Ingress): number | undefined {
	return defaultEndpoint.startsWith('unix:') ? undefined : splitHostPort(defaultEndpoint).port;
}
