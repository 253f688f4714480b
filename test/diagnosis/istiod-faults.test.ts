import {expect, test} from 'vitest';
import {istiodFaults} from '../../source/diagnosis/causes/istiod.ts';
import {networkUnserved} from '../../source/diagnosis/causes/network-unserved.ts';
import type {KubernetesObject} from '../../source/mesh/kubernetes-object.ts';
import {entryNamed, targetNamed} from '../helpers/target.ts';

const label = 'topology.istio.io/network';

function pod(env: Readonly<Record<string, string>>, image = 'istio/pilot:1.31.0', ready = 'True'): KubernetesObject {
	const list = Object.entries(env).map(([name, value]) => ({name, value}));
	return {
		metadata: {name: 'istiod-a', namespace: 'istio-system'},
		spec: {containers: [{name: 'discovery', image, env: list}]},
		status: {phase: 'Running', conditions: [{type: 'Ready', status: ready}]},
	};
}

test.each<{
	env?: Record<string, string>;
	image?: string;
	proxy?: string;
	ca?: string;
	ready?: string;
	ids: readonly string[];
}>([
	{ids: []},
	{env: {TOKEN_AUDIENCES: 'istio-ca,vault'}, ids: []},
	{env: {TOKEN_AUDIENCES: 'vault'}, ids: ['token.audience']},
	{env: {ENABLE_CA_SERVER: 'false'}, ids: ['identity.external-ca']},
	{env: {ENABLE_CA_SERVER: 'false'}, ca: 'cert-manager-istio-csr.cert-manager.svc:443', ids: []},
	{proxy: 'istio/proxyv2:1.30.4', ids: []},
	{proxy: 'istio/proxyv2:1.28.0', ids: ['proxy.version-skew']},
	{proxy: 'istio/proxyv2:1.32.0', ids: ['proxy.version-skew']},
	{proxy: 'registry:5000/istio/proxyv2', ids: []},
	{image: 'istio/pilot@sha256:0000', proxy: 'istio/proxyv2:1.2.0', ids: []},
	{env: {TOKEN_AUDIENCES: 'vault'}, ready: 'False', ids: []},
])('$env $image $proxy → $ids', ({env = {}, image, proxy = 'istio/proxyv2:1.31.2', ca = '', ready, ids}) => {
	const mesh = {context: 'lab', istiodPods: [pod(env, image, ready)]};
	expect(istiodFaults(mesh, {caAddress: ca}, proxy).map(({id}) => id)).toEqual(ids);
});

const service = (network: string): KubernetesObject => ({metadata: {name: 'gw', labels: {[label]: network}}});

test.each<{
	own: string;
	services?: readonly KubernetesObject[];
	known?: readonly string[];
	tetrate?: true;
	unserved: boolean;
}>([
	{own: 'vm-net', services: [service('cluster-net')], unserved: false},
	{own: 'vm-net', services: [service('clusternet')], unserved: true},
	{own: 'vm-net', services: [], unserved: true},
	{own: 'vm-net', services: [], known: ['cluster-net'], unserved: false},
	{own: 'vm-net', services: [], tetrate: true, unserved: false},
	{own: 'vm-net', unserved: false},
	{own: 'cluster-net', services: [], unserved: false},
	{own: '', services: [], unserved: false},
])('a VM of network "$own": $unserved', ({own, services, known = [], tetrate = false, unserved}) => {
	const mesh = {context: 'lab', istioNamespace: 'istio-system', namespace: undefined, services};
	const settings = targetNamed('a', 'b').mesh;
	const entry = entryNamed('a', 'b', {network: own});
	const ids = networkUnserved(mesh, settings && {...settings, tetrate}, known, entry, undefined).map(({id}) => id);
	expect(ids).toEqual(unserved ? ['gateway.network-unserved'] : []);
});
