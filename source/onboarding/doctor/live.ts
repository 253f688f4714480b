import type {Fact} from '../../diagnosis/facts.ts';
import type {Http, HttpAnswer, IstiodLogAnswer, Procedure} from '../action.ts';
import {perform, performAll} from '../action.ts';

/** What is asked for only while somebody looks at the proxy itself: it decides nothing. */
export type LiveKnown = {
	readonly counters: {
		readonly clusters: HttpAnswer;
		readonly stats: HttpAnswer;
		readonly routes: HttpAnswer;
	};
	readonly istiodLog: IstiodLogAnswer;
};

export type LiveName = keyof LiveKnown;
export type LiveFacts = {readonly [Name in LiveName]: Fact<LiveKnown[Name]>};

const get = (path: string): Http => ({kind: 'http', port: 15000, path});

/** The newest lines of istiod's log, among which those about one proxy are looked for. */
const part = {lines: 2000, seconds: 1800} as const;

/** Each only looks. Of routes only the times are wanted: a mask leaves the rest out (envoy, docs/root/operations/admin.rst). */
export const liveLooks: {readonly [Name in LiveName]: () => Procedure<LiveKnown[Name]>} = {
	*counters() {
		const [clusters, stats, routes] = yield* performAll(
			get('/clusters?format=json'),
			get('/stats?filter=^(cluster_manager.cds|listener_manager.lds).update_time$'),
			get('/config_dump?resource=dynamic_route_configs&mask=last_updated'),
		);
		return {clusters, stats, routes};
	},
	*istiodLog() {
		return yield* perform({kind: 'istiod-log', ...part});
	},
};

export const liveNames = Object.keys(liveLooks) as readonly LiveName[];
