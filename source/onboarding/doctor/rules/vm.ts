import {knownOf} from '../../../diagnosis/facts.ts';
import {addressesRule} from '../../steps/check/vm/addresses.ts';
import {clockRule} from '../../steps/check/vm/clock.ts';
import {diskRule} from '../../steps/check/vm/disk.ts';
import {engineRule} from '../../steps/check/vm/engine.ts';
import {inboundRule} from '../../steps/check/vm/inbound.ts';
import {proxiesRule} from '../../steps/check/vm/proxies.ts';
import {rebootRule} from '../../steps/check/vm/reboot.ts';
import type {Rule} from '../../steps/check/vm/subject.ts';
import {systemRule} from '../../steps/check/vm/system.ts';
import {isIntercepted} from '../../steps/interception/look.ts';
import {applicationVerdicts} from './application.ts';
import type {DoctorRule} from './rule.ts';

/** Whether the directory can be written is a matter of the next bootstrap, not of a proxy that has its files. */
const always: readonly Rule[] = [addressesRule, systemRule, clockRule, inboundRule];
const bound: readonly Rule[] = [systemRule, clockRule, inboundRule];
const ofContainers: readonly Rule[] = [engineRule, diskRule, rebootRule, proxiesRule];

/** The VM as its probe found it, by the rules of the checks. */
export const vmRule: DoctorRule = (context, facts) => {
	const seen = knownOf(facts.vm);
	if (seen === undefined) return [];
	const {target, options} = context;
	const subject = {target, options, vm: seen.vm, serverTime: seen.serverTime};
	const isPackage = target.layout.value === 'package';
	// With interception the proxy binds no address of the VM: it may well have none that the mesh knows.
	const rules = isPackage ? (isIntercepted(target) ? bound : always) : [...always, ...ofContainers];
	return [...rules.flatMap((rule) => rule(subject)), ...applicationVerdicts(context, seen.vm)];
};
