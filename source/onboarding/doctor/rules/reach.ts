import {knownOf} from '../../../diagnosis/facts.ts';
import {reachVerdicts} from '../../steps/reach/judge.ts';
import type {DoctorRule} from './rule.ts';

/** `traffic.host-not-visible`, `traffic.hosts-entry-missing`. */
export const reachRule: DoctorRule = (context, facts) => {
	const seen = knownOf(facts.reach);
	return seen === undefined ? [] : reachVerdicts(context, seen);
};
