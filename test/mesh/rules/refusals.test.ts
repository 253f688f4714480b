import {expect, test} from 'vitest';
import {faultText} from '../../../source/diagnosis/fault-text.ts';
import {refusals} from '../../../source/mesh/rules/refusals.ts';
import {objectOf, type Verdict, verdicts} from './verdicts.ts';

const told = (verdict: Verdict) => {
	const {faults, hosts, address} = refusals(objectOf(verdict, 'bookinfo'));
	return [...faults, ...hosts, ...address].map(faultText).join('\n');
};

test.for(verdicts.filter(([, , refused]) => refused === undefined))('%s %s is taken', (verdict) => {
	expect(told(verdict)).toBe('');
});

test.for(verdicts.filter(([, , refused]) => refused !== undefined))('%s %s is refused: %s', (verdict) => {
	expect(told(verdict)).toContain(verdict[2]);
});
