import type {Target} from '../../../mesh/target.ts';
import {hushCommand, listenCommand} from '../../../vm/firewall/listen.ts';
import type {Action, Exec} from '../../action.ts';
import {unknownInbound} from './inbound.ts';

/** What is done to hear connections on inbound ports where nothing listens yet: begun before they are made, ended after. */
export function listenThere(target: Target): readonly [begin: Exec, end: Exec] {
	const {ref, ingress, instanceIp, entry} = target;
	const own = instanceIp?.value ?? entry.address;
	const seats = [...new Map(ingress.map(({port, bind}) => [port, {address: bind || own, port}])).values()];
	const as = {kind: 'exec', as: 'user', changes: true, timeoutSeconds: 20} as const;
	return [
		{...as, command: listenCommand(ref, seats)},
		{...as, command: hushCommand(ref)},
	];
}

/** For the plan: nothing where no port is known. */
export function planToListen(target: Target): readonly Action[] {
	return unknownInbound(target) === undefined ? listenThere(target) : [];
}
