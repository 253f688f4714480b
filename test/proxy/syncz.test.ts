import {describe, expect, it} from 'vitest';
import {parseSyncz} from '../../source/proxy/syncz.ts';

const one = (status: object) => parseSyncz(JSON.stringify([{proxy: 'ratings-vm.bookinfo', ...status}]))[0];

describe('/debug/syncz', () => {
	it('tells a proxy that acknowledged all that it was sent', () => {
		const proxy = one({
			cluster_id: 'lab',
			istio_version: '1.31.0',
			cluster_sent: 'a',
			cluster_acked: 'a',
			listener_sent: 'b',
			listener_acked: 'b',
		});
		expect(proxy).toMatchObject({
			clusterId: 'lab',
			istioVersion: '1.31.0',
			state: 'synced',
			detail: 'CDS, LDS acknowledged',
		});
	});

	it('tells what is not acknowledged', () => {
		expect(one({cluster_sent: 'b', cluster_acked: 'a', listener_sent: 'a'})).toMatchObject({
			state: 'stale',
			detail: 'CDS, LDS not acknowledged',
		});
	});

	it('tells what Envoy refused, with its words', () => {
		const resources = {
			'type.googleapis.com/envoy.config.cluster.v3.Cluster': {sent: 'a', acked: 'a'},
			'type.googleapis.com/envoy.config.listener.v3.Listener': {sent: 'b', acked: '', lastError: 'cannot bind'},
		};
		expect(one({cluster_sent: 'a', cluster_acked: 'a', resources})).toMatchObject({
			state: 'rejected',
			detail: 'LDS rejected: cannot bind',
		});
	});

	it('takes a proxy to which nothing was sent for not in sync yet', () => {
		expect(one({})).toMatchObject({state: 'stale', detail: 'nothing sent yet'});
	});

	it('names types that have no short name by the last word of their URL', () => {
		const resources = {'type.googleapis.com/istio.networking.nds.v1.NameTable': {sent: 'a', acked: 'a'}};
		expect(one({resources})?.detail).toBe('NameTable acknowledged');
	});

	it.each(['', 'null', '{}', '[]', '[null, 3, {}]', '<html>'])('is empty for %j', (body) => {
		expect(parseSyncz(body)).toEqual([]);
	});
});
