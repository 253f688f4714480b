import {findingAbout} from '../../stopped-by.ts';
import {verdict} from '../verdict.ts';
import type {Rule} from './subject.ts';

/** Seconds: istiod dates certificates back by two minutes. */
const tolerance = 120;

/** `vm.clock-skew`: certificates must be valid by the VM's clock. */
export const clockRule: Rule = (subject) => {
	const {vm, serverTime} = subject;
	const title = 'Clock';
	if (vm.clock === 0) return [verdict('vm.clock', title, 'not-done', 'the VM did not tell its time')];
	if (serverTime === undefined) return [verdict('vm.clock', title, 'not-done', "the API server's time is not known")];
	const skew = Math.round(vm.clock - serverTime);
	const words = `${Math.abs(skew)} s ${skew < 0 ? 'behind' : 'ahead of'} the API server`;
	if (Math.abs(skew) <= tolerance) return [verdict('vm.clock', title, 'passed', Math.abs(skew) <= 1 ? 'right' : words)];
	const summary = `The VM's clock is ${words}: certificates are not valid by it.`;
	const evidence = [
		{source: 'date -u +%s on the VM', text: String(vm.clock)},
		{source: 'Date of the API server', text: String(Math.round(serverTime))},
	];
	return [verdict('vm.clock', title, 'failed', summary, [findingAbout(subject, 'vm.clock-skew', evidence, summary)])];
};
