import {expect, test} from 'vitest';
import type {DialAnswer, DialOutcome} from '../../source/onboarding/action.ts';
import {mergeTries} from '../../source/onboarding/merge-tries.ts';

const answer = (outcome: DialOutcome, ms: number): DialAnswer => ({outcome, ms, text: '', chain: [], from: 'vm'});

test.each<[string, readonly [DialAnswer, ...DialAnswer[]], object]>([
	['one', [answer('open', 7)], {outcome: 'open', ms: 7}],
	[
		'all came through: the middle one',
		[answer('open', 9), answer('open', 2), answer('open', 1040)],
		{outcome: 'open', ms: 9, tries: {made: 3, open: 3, fastest: 2, slowest: 1040}},
	],
	[
		'some were lost',
		[answer('filtered', 10_000), answer('open', 3), answer('filtered', 10_000)],
		{outcome: 'open', ms: 3, tries: {made: 3, open: 1, fastest: 3, slowest: 3}},
	],
	[
		'none came through',
		[answer('filtered', 10_000), answer('filtered', 10_001)],
		{outcome: 'filtered', ms: 10_000, tries: {made: 2, open: 0}},
	],
])('%s', (_, answers, expected) => {
	expect(mergeTries(answers)).toMatchObject(expected);
});
