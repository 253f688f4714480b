import {correctSidecar} from '../../../mesh/correct-sidecar.ts';
import {egressHost, namesOf, offersHost} from '../../../mesh/egress-hosts.ts';
import {joinHostPort} from '../../../mesh/ip.ts';
import {quote} from '../../../vm/quote.ts';
import type {StepContext} from '../../step.ts';
import {type Verdict, verdict} from '../check/verdict.ts';
import {findingAbout} from '../stopped-by.ts';
import {destinationsOf, promisesOf, type ReachSeen} from './look.ts';

/** `traffic.host-not-visible`, `traffic.hosts-entry-missing`: where applications on the VM are to reach the mesh. */
export function reachVerdicts(context: StepContext, seen: ReachSeen): readonly Verdict[] {
	return [...visible(context, seen), ...resolved(context, seen)];
}

function visible(context: StepContext, {clusters}: ReachSeen): readonly Verdict[] {
	const {sidecar, entry} = context.target;
	return destinationsOf(context).map(({host, port}) => {
		const id = `reach.${host}`;
		const title = `Destination ${port === undefined ? host : joinHostPort(host, port)}`;
		if (clusters?.ok !== true || clusters.status !== 200)
			return verdict(id, title, 'not-done', "the proxy's clusters could not be read");
		const names = namesOf(host, entry.namespace);
		// outbound|<port>|<subset>|<host>::… (istio/istio, pilot/pkg/model, BuildSubsetKey)
		const known = names.some((name) => clusters.body.includes(`|${name}::`) && hasCluster(clusters.body, name, port));
		if (known) return verdict(id, title, 'passed', 'the proxy has a cluster for it');
		const egress = sidecar?.egress ?? [];
		const offered = egress.length === 0 || egress.some((one) => offersHost(one, host, entry.namespace));
		if (sidecar === undefined || offered)
			return verdict(
				id,
				title,
				'not-done',
				'the proxy has no cluster for it: no Service or ServiceEntry of that name and port',
			);
		const hosts = egress.flatMap((one) => one.hosts).join(', ');
		const wanted = egressHost(host, entry.namespace);
		const summary = `${host} is not among the hosts that Sidecar ${sidecar.name} offers to the VM.`;
		const evidence = [
			{source: `sidecar/${sidecar.namespace}/${sidecar.name}, egress`, text: hosts},
			{source: '127.0.0.1:15000/clusters on the VM', text: `no cluster outbound|${port ?? '…'}||${names[0] ?? host}`},
		];
		const about = findingAbout(context, 'traffic.host-not-visible', evidence, summary, {host: wanted});
		const manifest = correctSidecar(sidecar.object, {offer: [wanted]});
		return verdict(id, title, 'warning', summary, [{...about, remedy: {...about.remedy, manifest}}]);
	});
}

function hasCluster(body: string, name: string, port: number | undefined): boolean {
	return body
		.split('\n')
		.some(
			(line) => line.startsWith(port === undefined ? 'outbound|' : `outbound|${port}|`) && line.includes(`|${name}::`),
		);
}

function resolved(context: StepContext, {addresses}: ReachSeen): readonly Verdict[] {
	const promises = promisesOf(context);
	if (promises.length === 0) return [];
	const title = 'Names of the mesh on the VM';
	const addressOf = (wanted: string) => addresses.find(({name}) => name === wanted)?.address ?? '';
	const wrong = promises.filter(({name, bind}) => addressOf(name) !== bind);
	if (wrong.length === 0) return [verdict('reach.names', title, 'passed', `${promises.length} lead to the proxy`)];
	const lines = wrong.map(
		({name, bind}) => `${name}: ${addressOf(name) || 'no address'}, the proxy offers it on ${bind}`,
	);
	const [first] = wrong;
	const summary = `${wrong.length === 1 ? first?.name : `${wrong.length} names`} of the Sidecar's egress do${wrong.length === 1 ? 'es' : ''} not lead to the proxy on the VM.`;
	const about = findingAbout(
		context,
		'traffic.hosts-entry-missing',
		[{source: 'getent ahosts', text: lines.join('\n')}],
		summary,
	);
	const ofAddress = (bind: string) => wrong.filter((one) => one.bind === bind).map(({name}) => name);
	const hosts = [...new Set(wrong.map(({bind}) => bind))].map((bind) => quote([bind, ...ofAddress(bind)].join(' ')));
	const command = `printf '%s\\n' ${hosts.join(' ')} | sudo tee -a /etc/hosts`;
	return [verdict('reach.names', title, 'warning', summary, [{...about, remedy: {...about.remedy, command}}])];
}
