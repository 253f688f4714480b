import {expect, test} from 'vitest';
import {hostChoices, serviceDraftFor, sidecarDraftFor} from '../../../source/mesh/build/for-entry.ts';
import {buildService} from '../../../source/mesh/build/service.ts';
import {buildSidecar, sidecarDefaults} from '../../../source/mesh/build/sidecar.ts';
import {parseWorkloadEntry} from '../../../source/mesh/parse-workload-entry.ts';
import {readService} from '../../../source/mesh/service.ts';
import {readSidecar} from '../../../source/mesh/sidecar.ts';

/* What the cluster's own objects offer for an entry's Sidecar and Service. */

const entryOf = (spec: object) => parseWorkloadEntry({metadata: {name: 'ratings-vm', namespace: 'bookinfo'}, spec});
const serviceOf = (name: string, app: string, ports: readonly object[], namespace = 'bookinfo') =>
	readService({metadata: {name, namespace}, spec: {selector: {app}, ports}});
const ratings = entryOf({labels: {app: 'ratings', version: 'v1', class: 'vm'}});

test("a Sidecar opens the ports to which Services send clients, and listens for calls to all of the namespace's", () => {
	const {draft, leftOut} = sidecarDraftFor(ratings, [
		serviceOf('ratings', 'ratings', [{name: 'http', port: 80, targetPort: 9080}]),
		serviceOf('reviews', 'reviews', [
			{name: 'grpc-api', port: 9090},
			{name: 'status', port: 15021},
			{name: 'dns', port: 53, protocol: 'UDP'},
		]),
	]);
	expect(draft).toEqual({
		name: 'ratings-vm',
		namespace: 'bookinfo',
		selector: 'app=ratings,class=vm',
		ingress: 'http=9080/HTTP',
		egress: 'grpc-api=9090/GRPC',
	});
	expect(leftOut).toEqual([80, 15021]);
	expect(buildSidecar({...sidecarDefaults, ...draft}).faults).toEqual([]);
});

test("a named target is looked up in the entry's ports, which also stand in for a Service", () => {
	const entry = entryOf({labels: {app: 'ratings'}, ports: {web: 8081}});
	const service = serviceOf('ratings', 'ratings', [{name: 'http', port: 80, targetPort: 'web'}]);
	expect(sidecarDraftFor(entry, [service]).draft.ingress).toBe('http=8081/HTTP');
	expect(sidecarDraftFor(entry, []).draft).toMatchObject({ingress: 'web=8081', egress: ''});
});

test('a Service takes the ports of the entry, else those that its Sidecar opens', () => {
	const sidecar = readSidecar({
		metadata: {name: 'ratings-vm', namespace: 'bookinfo'},
		spec: {ingress: [{port: {number: 9080, protocol: 'HTTP'}}, {port: {number: 7, protocol: 'odd'}}]},
	});
	expect(serviceDraftFor(ratings, sidecar)).toEqual({
		name: 'ratings',
		namespace: 'bookinfo',
		selector: 'app=ratings',
		ports: '7,9080/HTTP',
	});
	expect(serviceDraftFor(entryOf({labels: {app: 'Ratings'}, ports: {grpc: 9000}}), sidecar)).toMatchObject({
		name: 'ratings',
		ports: 'grpc=9000/GRPC',
	});
	expect(buildService(serviceDraftFor(ratings, sidecar)).faults).toEqual([]);
});

test('an entry without app is selected by every label that it has', () => {
	expect(sidecarDraftFor(entryOf({labels: {role: 'db', class: 'vm'}}), []).draft.selector).toBe('role=db,class=vm');
});

test('hosts are offered from the services of the cluster', () => {
	const services = [serviceOf('ratings', 'ratings', []), serviceOf('checkout', 'checkout', [], 'payments')];
	expect(hostChoices('bookinfo', services)).toEqual([
		'./*',
		'istio-system/*',
		'payments/*',
		'./ratings.bookinfo.svc.cluster.local',
	]);
});
