import {describe, expect, test} from 'vitest';
import type {KubernetesObject} from '../../source/mesh/kubernetes-object.ts';
import {inboundTls, outboundTls} from '../../source/mesh/mutual-tls.ts';

const root = 'istio-system';
const object = (namespace: string, spec: object, name = 'own', day = 1): KubernetesObject => ({
	metadata: {name, namespace, creationTimestamp: `2026-01-0${day}T00:00:00Z`},
	spec,
});
const mtls = (mode: string) => ({mtls: {mode}});
const ours = {selector: {matchLabels: {app: 'ratings'}}};

describe('what a port takes', () => {
	const workload = {namespace: 'shop', labels: {app: 'ratings', version: 'v1'}, port: 9080};

	test.each<{title: string; policies: readonly KubernetesObject[]; mode: string | undefined; field?: string}>([
		{title: 'no policy: both', policies: [], mode: undefined},
		{title: "the mesh's", policies: [object(root, mtls('STRICT'))], mode: 'STRICT', field: 'mtls.mode'},
		{
			title: "the namespace's before the mesh's",
			policies: [object(root, mtls('STRICT')), object('shop', mtls('PERMISSIVE'))],
			mode: 'PERMISSIVE',
		},
		{
			title: "the workload's before the namespace's",
			policies: [object('shop', mtls('STRICT')), object('shop', {...ours, ...mtls('DISABLE')})],
			mode: 'DISABLE',
		},
		{
			title: "the port's before all",
			policies: [object('shop', {...ours, ...mtls('STRICT'), portLevelMtls: {9080: {mode: 'DISABLE'}}})],
			mode: 'DISABLE',
			field: 'portLevelMtls.9080.mode',
		},
		{
			title: "another port's is no matter",
			policies: [object('shop', {...ours, ...mtls('STRICT'), portLevelMtls: {9443: {mode: 'DISABLE'}}})],
			mode: 'STRICT',
		},
		{
			title: 'UNSET is left to the next',
			policies: [object('shop', {...ours, ...mtls('UNSET')}), object(root, mtls('STRICT'))],
			mode: 'STRICT',
		},
		{
			title: 'of another workload, or another namespace',
			policies: [
				object('shop', {selector: {matchLabels: {app: 'reviews'}}, ...mtls('STRICT')}),
				object('bank', mtls('STRICT')),
				object(root, {...ours, ...mtls('STRICT')}),
			],
			mode: undefined,
		},
		{
			title: 'of two the older',
			policies: [object('shop', mtls('STRICT'), 'a', 2), object('shop', mtls('DISABLE'), 'b', 1)],
			mode: 'DISABLE',
		},
	])('$title → $mode', ({policies, mode, field}) => {
		const rule = inboundTls(policies, workload, root);
		expect(rule?.mode).toBe(mode);
		if (field !== undefined) expect(rule?.field).toBe(field);
	});
});

describe('how clients speak', () => {
	const to = {service: 'ratings', namespace: 'shop', port: 80, from: 'web'};
	const tls = (mode: string) => ({tls: {mode}});
	const rule = (namespace: string, host: string, trafficPolicy: object, more: object = {}) =>
		object(namespace, {host, trafficPolicy, ...more});
	const whole = 'ratings.shop.svc.cluster.local';

	test.each<{title: string; rules: readonly KubernetesObject[]; mode: string | undefined}>([
		{title: 'no rule: as the endpoint can', rules: [], mode: undefined},
		{title: "the Service's namespace", rules: [rule('shop', whole, tls('DISABLE'))], mode: 'DISABLE'},
		{title: 'a short name there', rules: [rule('shop', 'ratings', tls('DISABLE'))], mode: 'DISABLE'},
		{title: 'a short name elsewhere', rules: [rule('web', 'ratings', tls('DISABLE'))], mode: undefined},
		{
			title: "the client's namespace first",
			rules: [rule('shop', whole, tls('DISABLE')), rule('web', whole, tls('ISTIO_MUTUAL'))],
			mode: 'ISTIO_MUTUAL',
		},
		{
			title: 'the whole name before the pattern',
			rules: [rule('shop', '*.shop.svc.cluster.local', tls('DISABLE')), rule('shop', whole, tls('ISTIO_MUTUAL'))],
			mode: 'ISTIO_MUTUAL',
		},
		{title: 'the pattern of the mesh', rules: [rule(root, '*.local', tls('ISTIO_MUTUAL'))], mode: 'ISTIO_MUTUAL'},
		{
			title: "the port's settings, and nothing of the others",
			rules: [
				rule('shop', whole, {...tls('DISABLE'), portLevelSettings: [{port: {number: 80}, ...tls('ISTIO_MUTUAL')}]}),
			],
			mode: 'ISTIO_MUTUAL',
		},
		{
			title: "the port's settings without a word about TLS",
			rules: [rule('shop', whole, {...tls('DISABLE'), portLevelSettings: [{port: {number: 80}}]})],
			mode: undefined,
		},
		{
			title: 'for its own namespace alone, or for chosen clients',
			rules: [
				rule('shop', whole, tls('DISABLE'), {exportTo: ['.']}),
				rule('web', whole, tls('DISABLE'), {workloadSelector: {matchLabels: {app: 'x'}}}),
			],
			mode: undefined,
		},
		{
			title: 'of another Service',
			rules: [rule('shop', 'ratings2.shop.svc.cluster.local', tls('DISABLE'))],
			mode: undefined,
		},
	])('$title → $mode', ({rules, mode}) => {
		expect(outboundTls(rules, to, root)?.mode).toBe(mode);
	});
});
