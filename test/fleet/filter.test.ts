import {describe, expect, it} from 'vitest';
import {parseFilter} from '../../source/fleet/filter.ts';
import type {FleetRow} from '../../source/fleet/row.ts';
import {entryNamed} from '../helpers/target.ts';

function row(name: string, specLabels: Record<string, string>, metadataLabels: Record<string, string> = {}): FleetRow {
	const entry = entryNamed(name, 'bookinfo', {specLabels, metadataLabels, serviceAccount: ''});
	return {ref: `${name}.bookinfo`, entry, proxy: {state: 'stale', detail: ''}};
}

const rows = [
	row('ratings-vm', {app: 'ratings', version: 'v1'}),
	row('ratings-old', {app: 'ratings', version: 'v2'}, {tier: ''}),
	row('Reviews.vm', {app: 'reviews'}, {app: 'reviews-metadata'}),
];

describe('the filter', () => {
	it.each<[string, readonly string[]]>([
		['', ['ratings-vm', 'ratings-old', 'Reviews.vm']],
		['ratings', ['ratings-vm', 'ratings-old']],
		['REVIEWS', ['Reviews.vm']],
		['stale -vm', ['ratings-vm']],
		['10.128', ['ratings-vm', 'ratings-old', 'Reviews.vm']],
		['/^ratings-(vm|new)$/', ['ratings-vm']],
		['/^vm$/', []],
		['/ratings-(vm|new)/', ['ratings-vm']],
		['/ratings-o', ['ratings-old']],
		['!ratings', ['Reviews.vm']],
		['!/vm$/', ['ratings-old']],
		['-f rtsvm', ['ratings-vm']],
		['-f RVM', ['ratings-vm', 'Reviews.vm']],
		['-f rat ols', []],
		['-f rat 10', ['ratings-vm', 'ratings-old']],
		['-f', ['ratings-vm', 'ratings-old', 'Reviews.vm']],
		['!-f rtold', ['ratings-vm', 'Reviews.vm']],
		['!-l version', ['Reviews.vm']],
		['! ratings', ['Reviews.vm']],
		['!-l', ['ratings-vm', 'ratings-old', 'Reviews.vm']],
		['-l app=ratings', ['ratings-vm', 'ratings-old']],
		['-l app==ratings,version!=v1', ['ratings-old']],
		['-l version in (v2, v3)', ['ratings-old']],
		['-l version notin (v2)', ['ratings-vm', 'Reviews.vm']],
		['-l !version', ['Reviews.vm']],
		['-l tier', ['ratings-old']],
		['-l tier=', ['ratings-old']],
		['-l app=reviews-metadata', ['Reviews.vm']],
		['-l constructor', []],
		['-l ', ['ratings-vm', 'ratings-old', 'Reviews.vm']],
		['-lx', []],
	])('%j shows %j', (text, names) => {
		const {matches, problem} = parseFilter(text);
		expect(problem).toBeUndefined();
		expect(rows.filter(matches).map(({entry}) => entry.name)).toEqual(names);
	});

	it.each(['/(', '!/[', '-l a=b=c', '-l (', '-l a in (b'])('%j hides nothing and says what is wrong', (text) => {
		const {matches, problem} = parseFilter(text);
		expect(rows.every(matches)).toBe(true);
		expect(problem).toMatch(/yet/);
	});
});
