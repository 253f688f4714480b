import {readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {notOffered} from '../../source/vm/distribution.ts';
import {lockedBy} from '../../source/vm/package-lock.ts';
import {refusalOf} from '../../source/vm/package-refusal.ts';
import {isOutOfReach} from '../../source/vm/ways-out.ts';

/* Recorded of dnf 4.14 and zypper 1.14.42 on a VM of the lab (test/lab/families.test.ts), with a repository there and one out of reach. */

const said = (name: string) => readFileSync(new URL(`fixtures/packages/${name}.txt`, import.meta.url), 'utf8');

describe('what real package managers say', () => {
	it.each([
		['dnf-installed', {offered: true, reached: true}],
		['zypper-installed', {offered: true, reached: true}],
		['dnf-not-offered', {offered: false, reached: true}],
		// It says both, since it goes on without that repository: what counts is that it reached nothing.
		['dnf-out-of-reach', {offered: false, reached: false}],
		['zypper-out-of-reach', {offered: false, reached: false}],
	])('%s', (name, {offered, reached}) => {
		const words = said(name);
		expect(notOffered.test(words)).toBe(!offered);
		expect(isOutOfReach(words)).toBe(!reached);
		expect(lockedBy(words)).toBeUndefined();
		expect(refusalOf(words).cause).toBeUndefined();
	});
});
