import {type Destination, type Promised, promisedNames} from '../../../mesh/egress-hosts.ts';
import {isIp, splitHostPort} from '../../../mesh/ip.ts';
import {plainText} from '../../../vm/plain-text.ts';
import {quote} from '../../../vm/quote.ts';
import {type HttpAnswer, type Procedure, performAll} from '../../action.ts';
import type {StepContext} from '../../step.ts';
import {look} from '../bootstrap/on-vm.ts';

/** Where the VM's traffic is to go, as it stands on the VM. */
export type ReachSeen = {
	/** The address that the VM's resolver gives to each name; empty where it gives none. */
	readonly addresses: ReadonlyArray<{readonly name: string; readonly address: string}>;
	/** The proxy's clusters; undefined where nobody asked for a destination. */
	readonly clusters: HttpAnswer | undefined;
};

/** The destinations that a person named. */
export function destinationsOf({options}: Pick<StepContext, 'options'>): readonly Destination[] {
	return (options.reach ?? []).map((word) => splitHostPort(word));
}

/** The names that must lead to a listener of the proxy: only where nothing is redirected are there such. */
export function promisesOf(context: StepContext): readonly Promised[] {
	const {sidecar, interceptionMode, entry} = context.target;
	if (sidecar === undefined || interceptionMode.value !== 'NONE') return [];
	const all = promisedNames(sidecar.egress, destinationsOf(context), entry.namespace);
	return [...new Map(all.filter(({name}) => !isIp(name)).map((one) => [one.name, one])).values()].slice(0, most);
}

/** A Sidecar may name hundreds: of so many a few tell as much. */
const most = 50;

/** Asks the VM's resolver for all names at once, and the proxy for its clusters where destinations were named. */
export function* lookAtReach(context: StepContext): Procedure<ReachSeen> {
	const names = promisesOf(context).map(({name}) => name);
	const clusters = {kind: 'http', port: 15000, path: '/clusters'} as const;
	const wanted = destinationsOf(context).length > 0;
	const answers = yield* performAll(
		...(names.length === 0 ? [] : [look(lookUpAll(names))]),
		...(wanted ? [clusters] : []),
	);
	const resolved = answers.find((answer) => 'stdout' in answer)?.stdout ?? '';
	return {
		addresses: names.map((name, index) => ({name, address: addressOn(resolved.split('\n')[index] ?? '')})),
		clusters: answers.find((answer): answer is HttpAnswer => 'ok' in answer),
	};
}

/** A line for each name, in their order. */
function lookUpAll(names: readonly string[]): string {
	return `for name in ${names.map(quote).join(' ')}; do echo "$(getent ahostsv4 "$name" 2>/dev/null | awk '{print $1; exit}')"; done`;
}

function addressOn(line: string): string {
	return plainText(line.trim(), 60);
}
