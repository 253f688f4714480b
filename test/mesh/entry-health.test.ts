import {expect, test} from 'vitest';
import {parseWorkloadEntry} from '../../source/mesh/parse-workload-entry.ts';

const enabled = {'proxy.istio.io/health-checks-enabled': 'true'};
const healthOf = (annotations: object, status: unknown) =>
	parseWorkloadEntry({metadata: {name: 'a', namespace: 'b', annotations: {...annotations}}, status}).health;

test('the condition Healthy counts where istiod waits for it; without one the entry is as good as unhealthy', () => {
	const condition = {type: 'Healthy', status: 'False', message: '503', lastProbeTime: '2026-11-27T10:00:00Z'};
	expect(healthOf(enabled, {conditions: [{type: 'Other', status: 'True'}, condition]})).toEqual({
		status: 'False',
		message: '503',
		at: '2026-11-27T10:00:00Z',
	});
	expect(healthOf({}, {conditions: [condition]})).toBeUndefined();
	for (const status of [undefined, 'x', {conditions: 'x'}, {conditions: [null, 1]}])
		expect(healthOf(enabled, status)).toEqual({status: '', message: '', at: ''});
});
