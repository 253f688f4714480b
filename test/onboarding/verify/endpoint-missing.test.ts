import {expect, it, test} from 'vitest';
import {rootCauses} from '../../../source/diagnosis/root-causes.ts';
import {findingAbout} from '../../../source/onboarding/steps/stopped-by.ts';
import {endpointMissing} from '../../../source/onboarding/steps/verify/endpoint-missing.ts';
import {answer, contextOf} from '../doctor/sound.ts';

const context = contextOf();
/** As istio 1.24 writes it; before, an endpoint had one `Address`. */
const shards = (host: string, endpoint: object) =>
	JSON.stringify({[host]: {bookinfo: {Shards: {'Kubernetes/lab': [{...endpoint, ServicePortName: 'http'}]}}}});
const ours = 'ratings.bookinfo.svc.cluster.local';

test.each<{title: string; body: string; id: string | undefined}>([
	{title: 'offered', body: shards(ours, {Addresses: ['10.128.0.2']}), id: undefined},
	{title: 'offered, by an istiod of old', body: shards(ours, {Address: '10.128.0.2'}), id: undefined},
	{title: 'only others are', body: shards(ours, {Addresses: ['10.128.0.20']}), id: 'service.endpoint-missing'},
	{
		title: 'the Service has none',
		body: shards('details.bookinfo.svc.cluster.local', {Addresses: ['10.128.0.2']}),
		id: 'service.endpoint-missing',
	},
	{title: 'no such page', body: '404 page not found', id: undefined},
])('$title → $id', ({body, id}) => {
	expect(endpointMissing(context, answer(body))?.id).toBe(id);
});

it('is not said where one istiod was silent', () => {
	const {pods} = answer(shards(ours, {Addresses: []}));
	const silent = {pod: 'istiod-b', status: 0, body: ''};
	expect(endpointMissing(context, {done: true, pods})?.id).toBe('service.endpoint-missing');
	expect(endpointMissing(context, {done: true, pods: [...pods, silent]})).toBeUndefined();
	expect(endpointMissing(context, {done: false, text: 'forbidden'})).toBeUndefined();
});

it('takes the place of a request that failed for an unknown reason', () => {
	const missing = endpointMissing(context, answer(shards(ours, {Addresses: []})));
	const unknown = findingAbout(context, 'traffic.unknown', []);
	expect(rootCauses([unknown, ...(missing ? [missing] : [])]).findings.map(({id}) => id)).toEqual([
		'service.endpoint-missing',
	]);
});
