import {describe, expect, it, test} from 'vitest';
import {offersHost} from '../../../source/mesh/egress-hosts.ts';
import {readSidecar} from '../../../source/mesh/sidecar.ts';
import type {Target} from '../../../source/mesh/target.ts';
import type {HttpAnswer} from '../../../source/onboarding/action.ts';
import {reachVerdicts} from '../../../source/onboarding/steps/reach/judge.ts';
import {lookAtReach, promisesOf} from '../../../source/onboarding/steps/reach/look.ts';
import {targetNamed} from '../../helpers/target.ts';
import {ran, walk} from '../drive.ts';
import {ok, options} from '../verify/world.ts';

const hosts = (...list: readonly string[]) => ({port: undefined, bind: '127.0.0.2', hosts: list});

test.each<{patterns: readonly string[]; host: string; offered: boolean}>([
	{patterns: ['./*'], host: 'ratings', offered: true},
	{patterns: ['./*'], host: 'details.shop', offered: false},
	{patterns: ['shop/*'], host: 'details.shop', offered: true},
	{patterns: ['*/details.shop.svc.cluster.local'], host: 'details.shop.svc', offered: true},
	{patterns: ['shop/details.shop.svc.cluster.local'], host: 'reviews.shop', offered: false},
	{patterns: ['*/*.example.com'], host: 'api.eu.example.com', offered: true},
	{patterns: ['*/*.example.com'], host: 'api.example.org', offered: false},
	{patterns: ['~/*'], host: 'ratings', offered: false},
	{patterns: [], host: 'ratings', offered: false},
])('$patterns offers $host: $offered', ({patterns, host, offered}) => {
	expect(offersHost(hosts(...patterns), host, 'bookinfo')).toBe(offered);
});

const sidecar = (...egress: readonly object[]) =>
	readSidecar({metadata: {name: 'vm', namespace: 'bookinfo'}, spec: {egress}});
const contextOf = (change: Partial<Target>, reach: readonly string[] = []) => ({
	target: targetNamed('ratings-vm', 'bookinfo', change),
	options: {...options, reach},
	facts: {},
});
const cluster = 'outbound|9080||details.bookinfo.svc.cluster.local::10.1.2.3:9080::cx_active::0\n';
const seen = (addresses: Record<string, string>, clusters?: HttpAnswer) => ({
	addresses: Object.entries(addresses).map(([name, address]) => ({name, address})),
	clusters,
});
const own = sidecar({bind: '127.0.0.2', hosts: ['./*']});

describe('a destination that a person names', () => {
	test.each<{reach: string; body?: string; of?: Target['sidecar']; ids: readonly string[]; outcome: string}>([
		{reach: 'details:9080', body: cluster, of: own, ids: [], outcome: 'passed'},
		{reach: 'details.bookinfo', body: cluster, of: own, ids: [], outcome: 'passed'},
		{reach: 'details:9999', body: cluster, of: own, ids: [], outcome: 'not-done'},
		{reach: 'pay.shop:80', body: cluster, of: own, ids: ['traffic.host-not-visible'], outcome: 'warning'},
		// Without a Sidecar, or without a word of it about egress, all is visible.
		{reach: 'pay.shop:80', body: cluster, of: undefined, ids: [], outcome: 'not-done'},
		{reach: 'pay.shop:80', body: cluster, of: sidecar(), ids: [], outcome: 'not-done'},
		{reach: 'pay.shop:80', of: own, ids: [], outcome: 'not-done'},
	])('$reach → $ids $outcome', ({reach, body, of, ids, outcome}) => {
		const clusters: HttpAnswer = body === undefined ? {ok: false, text: 'no answer'} : ok(body);
		const names = {details: '127.0.0.2', 'details.bookinfo': '127.0.0.2'};
		const verdicts = reachVerdicts(contextOf({sidecar: of}, [reach]), seen(names, clusters));
		expect(verdicts.flatMap(({findings}) => findings.map(({id}) => id))).toEqual(ids);
		expect(verdicts[0]?.check.outcome).toBe(outcome);
	});

	it('is added to the Sidecar that leaves it out', () => {
		const [verdict] = reachVerdicts(contextOf({sidecar: own}, ['pay.shop']), seen({}, ok(cluster)));
		const [found] = verdict?.findings ?? [];
		expect(found?.remedy.text).toContain('shop/pay.shop.svc.cluster.local');
		expect(found?.remedy.manifest).toMatch(/- \.\/\*\n\s+- shop\/pay\.shop\.svc\.cluster\.local/);
	});
});

describe('names that a Sidecar offers on a loopback address', () => {
	const exact = sidecar({bind: '127.0.0.2', hosts: ['./details.bookinfo.svc.cluster.local', './*']});
	const name = 'details.bookinfo.svc.cluster.local';

	test.each<{title: string; change?: Partial<Target>; reach?: readonly string[]; promised: readonly string[]}>([
		{title: 'those without wildcard', promised: [name]},
		{title: 'those that are asked for', reach: ['ratings:9080'], promised: [name, 'ratings']},
		{title: 'none with interception', change: {interceptionMode: {value: 'REDIRECT', source: 'default'}}, promised: []},
		{
			title: 'none on another address',
			change: {sidecar: sidecar({bind: '10.0.0.1', hosts: [`./${name}`]})},
			promised: [],
		},
	])('$title', ({change = {}, reach = [], promised}) => {
		expect(promisesOf(contextOf({sidecar: exact, ...change}, reach)).map((one) => one.name)).toEqual(promised);
	});

	test.each<{address: string; ids: readonly string[]}>([
		{address: '127.0.0.2', ids: []},
		{address: '', ids: ['traffic.hosts-entry-missing']},
		{address: '10.96.0.7', ids: ['traffic.hosts-entry-missing']},
	])('lead to "$address" → $ids', ({address, ids}) => {
		const verdicts = reachVerdicts(contextOf({sidecar: exact}), seen({[name]: address}));
		const findings = verdicts.flatMap((one) => one.findings);
		expect(findings.map(({id}) => id)).toEqual(ids);
		if (ids.length > 0)
			expect(findings[0]?.remedy.command).toBe(`printf '%s\\n' '127.0.0.2 ${name}' | sudo tee -a /etc/hosts`);
	});

	it('are looked up together, whatever they are called', () => {
		const evil = sidecar({bind: '127.0.0.2', hosts: ["./a'; touch /tmp/trap; '", `./${name}`]});
		const seen = walk(lookAtReach(contextOf({sidecar: evil})), (action) => {
			expect(action).toMatchObject({command: expect.stringContaining(`'a'\\''; touch`)});
			return ran('\n127.0.0.2\n');
		});
		expect(seen).toMatchObject({
			addresses: [
				{name: "a'; touch /tmp/trap; '", address: ''},
				{name, address: '127.0.0.2'},
			],
		});
	});
});
