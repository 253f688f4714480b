import {commandLine} from '../../vm/quote.ts';
import type {Exec, Http, Istiod} from '../action.ts';
import type {StepContext} from '../step.ts';
import {look} from '../steps/bootstrap/on-vm.ts';
import {readLog} from '../steps/verify/proxy-log.ts';

/** A file of an examination's archive as it is asked for; it decides nothing, and is for a person who reads it. */
export type DumpAsk = {
	/** Below the target's folder; of istiod the folder in which each pod has its own. */
	readonly path: string;
	/** What it is, in a few words. */
	readonly what: string;
	readonly action: Exec | Http | Istiod;
};

/** What became of one. `source`: the command or endpoint; `at`: when, RFC 3339. */
export type Dump = Pick<DumpAsk, 'path' | 'what'> & {readonly source: string; readonly at: string} & (
		| {readonly content: string}
		| {readonly reason: string}
	);

/** Lines of a log that a person still reads. */
const logSize = 5000;

/** Everything that somebody asks for who is sent a ticket. Only looks. */
export function dumpsOf(context: StepContext): readonly DumpAsk[] {
	const {ref, runtime, containerName} = context.target;
	const isContainer = context.target.layout.value !== 'package';
	const admin = (path: string, what: string, asked = `/${path.replace(/\.\w+$/, '')}`): DumpAsk => ({
		path: `envoy/${path}`,
		what,
		action: {kind: 'http', port: 15000, path: asked},
	});
	const istiod = (path: string, what: string, asked: string): DumpAsk => ({
		path: `istiod/${path}`,
		what,
		action: {kind: 'istiod', path: asked},
	});
	const proxy = encodeURIComponent(ref);
	return [
		{path: 'proxy.log', what: "the proxy's log", action: readLog(context, logSize)},
		{
			path: 'journal.txt',
			what: "the VM's journal about the engine or the service",
			action: look(commandLine(['journalctl', '--no-pager', '-n', '500', '-u', isContainer ? runtime.value : 'istio'])),
		},
		admin('server_info.json', "Envoy's version, state and node metadata"),
		admin('config_dump.json', "Envoy's configuration", '/config_dump?include_eds'),
		admin('clusters.json', 'clusters with their endpoints', '/clusters?format=json'),
		admin('listeners.json', 'listeners with their addresses', '/listeners?format=json'),
		admin('certs.json', 'certificates, without keys'),
		admin('init_dump.json', 'what Envoy still waits for'),
		admin('stats.txt', 'counters'),
		{
			path: 'agent/ready.txt',
			what: "the agent's readiness",
			action: {kind: 'http', port: 15021, path: '/healthz/ready'},
		},
		istiod('version.txt', "istiod's version", '/version'),
		istiod('syncz.json', 'what each proxy has acknowledged', '/debug/syncz'),
		istiod('connections.json', 'the streams of proxies', '/debug/connections'),
		istiod('sidecarz.json', 'the Sidecar in use', `/debug/sidecarz?proxyID=${proxy}`),
		istiod('config_dump.json', 'what istiod would send', `/debug/config_dump?proxyID=${proxy}`),
		...(isContainer
			? [
					{
						path: 'containers.txt',
						what: 'containers on the VM',
						action: look(commandLine([runtime.value, 'ps', '-a', '--filter', `name=${containerName.value}`])),
					},
				]
			: []),
	];
}
