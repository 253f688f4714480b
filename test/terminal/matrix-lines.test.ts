import {expect, test} from 'vitest';
import type {Check} from '../../source/diagnosis/finding.ts';
import {matrixLines} from '../../source/terminal/screens/run/matrix-lines.ts';
import {defaultGlyphs} from '../../source/terminal/theme.ts';

const way = (change: Partial<Check>): Check => ({
	id: 'way',
	title: 'VM to istiod',
	why: 'xDS and certificates',
	result: 'open',
	from: 'vm admin@10.128.0.2:22',
	to: '10.128.0.254',
	port: 15_012,
	outcome: 'passed',
	detail: 'TLSv1.3',
	ms: 12,
	...change,
});
const drawn = (checks: readonly Check[], width = 100) =>
	matrixLines(checks, defaultGlyphs, width).map((line) =>
		line
			.map(({text}) => text)
			.join('')
			.trimEnd(),
	);

test('a row for each way, under where it begins; why, where it is not open', () => {
	expect(
		drawn([
			way({}),
			way({
				title: 'VM to services',
				why: 'requests to services',
				result: 'filtered',
				port: 15_443,
				outcome: 'failed',
				detail: '10.128.0.254:15443: no answer',
				ms: 10_002,
			}),
			way({
				title: 'Mesh to VM, port 9080',
				why: undefined,
				result: undefined,
				from: 'pod bookinfo/client',
				to: '10.128.0.2',
				port: 9080,
				outcome: 'not-done',
				detail: 'refuses',
				ms: 7,
			}),
		]),
	).toMatchInlineSnapshot(`
		[
		  "    from vm admin@10.128.0.2:22",
		  "      10.128.0.254:15012  xDS and certificates   ● open              12 ms",
		  "      10.128.0.254:15443  requests to services   ✗ no answer      10002 ms",
		  "        10.128.0.254:15443: no answer",
		  "    from pod bookinfo/client",
		  "      10.128.0.2:9080     Mesh to VM, port 9080  ? not done           7 ms",
		  "        refuses",
		]
	`);
});

test('a name without a port, an address of IPv6', () => {
	const [, name, v6] = drawn([way({to: 'istiod.istio-system.svc', port: undefined}), way({to: '2001:db8::1'})]);
	expect(name).toContain('istiod.istio-system.svc ');
	expect(v6).toContain('[2001:db8::1]:15012');
});

test('nothing of what was tried: nothing is drawn', () => {
	expect(drawn([])).toEqual([]);
});
