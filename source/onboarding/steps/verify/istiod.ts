import type {Finding} from '../../../diagnosis/finding.ts';
import {causeOfLog} from '../../../proxy/log-causes.ts';
import {parseSyncz, type SyncedProxy} from '../../../proxy/syncz.ts';
import {type IstiodAnswer, perform} from '../../action.ts';
import type {Step, StepContext} from '../../step.ts';
import {findingAbout, stoppedBy} from '../stopped-by.ts';
import {logContext} from './proxy-log.ts';
import {lookForWarming} from './warming.ts';

const syncz = {kind: 'istiod', path: '/debug/syncz'} as const;

/** A proxy may owe an answer for as long as this before it counts as stuck. */
const patienceSeconds = 30;
const pauseSeconds = 2;

type Listed = {readonly pod: string; readonly proxy: SyncedProxy};
type Seen = {
	readonly listed: Listed | undefined;
	readonly asked: readonly string[];
	readonly refused: readonly string[];
};

/** Does istiod list the proxy, and has the proxy acknowledged all that it was sent? */
export const istiodStep: Step = {
	id: 'verify.istiod',
	phase: 'verify',
	title: 'Ask istiod for the proxy',
	plan: () => [],
	*run(context) {
		const {ref, timeoutSeconds} = context.target;
		const limit = Math.min(patienceSeconds, timeoutSeconds.value);
		for (let waited = 0; ; waited += pauseSeconds) {
			const answer = yield* perform(syncz);
			if (!answer.done) return {status: 'skipped', detail: `istiod could not be asked: ${answer.text}`};
			const seen = readListing(answer.pods, ref);
			if (seen.listed?.proxy.state === 'synced') {
				const {pod, proxy} = seen.listed;
				const detail = `${pod} lists ${ref}: ${proxy.detail}`;
				const check = {id: 'verify.istiod', title: 'istiod lists the proxy', outcome: 'passed', detail} as const;
				return {status: 'succeeded', detail, checks: [check]};
			}
			// Silence of one istiod hides the proxies that it serves.
			if (seen.listed === undefined && seen.refused.length > 0) {
				return {status: 'skipped', detail: `not every istiod could be asked: ${seen.refused.join('; ')}`};
			}
			if (seen.listed?.proxy.state === 'rejected' || waited >= limit) {
				const told = explainListing(context, seen);
				return stoppedBy(seen.listed === undefined ? told : yield* lookForWarming(context, told));
			}
			const why = seen.listed === undefined ? `istiod does not list ${ref} yet` : seen.listed.proxy.detail;
			yield* perform({kind: 'wait', seconds: pauseSeconds, why});
		}
	},
};

/** What the istiods say of a proxy. */
export function readListing(pods: Extract<IstiodAnswer, {done: true}>['pods'], ref: string): Seen {
	const answered = pods.filter(({status}) => status === 200);
	const all = answered.flatMap(({pod, body}) =>
		parseSyncz(body).flatMap((proxy): readonly Listed[] => (proxy.proxy === ref ? [{pod, proxy}] : [])),
	);
	return {
		// After a reconnect the former istiod may still list it: the best word counts.
		listed: all.find(({proxy}) => proxy.state === 'synced') ?? all.at(-1),
		asked: answered.map(({pod}) => pod),
		refused: pods.filter(({status}) => status !== 200).map(({pod, status}) => `${pod} answered ${status}`),
	};
}

/** Why the proxy is not in sync with this control plane. */
export function explainListing(context: StepContext, {listed, asked}: Seen): Finding {
	const source = `istiod ${syncz.path}`;
	const {ref} = context.target;
	if (listed === undefined) {
		const summary = `The proxy is ready, and no istiod of this mesh lists ${ref}: it talks to another control plane.`;
		return findingAbout(context, 'xds.not-synced', [{source, text: `asked: ${asked.join(', ') || 'nobody'}`}], summary);
	}
	const {pod, proxy} = listed;
	const evidence = [{source: `${source} of ${pod}`, text: proxy.detail}];
	if (proxy.state === 'rejected') {
		const cause = causeOfLog(proxy.types.map(({error}) => error).filter(Boolean), logContext(context));
		return findingAbout(context, cause?.id ?? 'xds.rejected', evidence);
	}
	return findingAbout(
		context,
		'xds.not-synced',
		evidence,
		`The proxy does not acknowledge what istiod sends: ${proxy.detail}.`,
	);
}
