import {configDir, proxyUser, type VmPlan} from '../scenario.ts';
import {namespace, readyPod, type Seed, service, serviceAccount, sidecar, workloadEntry} from './build.ts';

const prefix = 'sidecar-bootstrap.istio.io/';

/** What onboarding a VM needs in the cluster, as the guide has it: account, Service, entry, Sidecar. `sshPort`: of its sshd here. */
export function vmObjects(plan: VmPlan, sshPort: number): readonly Seed[] {
	const labels = {app: plan.app, class: 'vm', version: plan.version};
	return [
		serviceAccount(plan.namespace, plan.serviceAccount),
		service(
			plan.namespace,
			plan.app,
			{
				spec: {
					type: 'ClusterIP',
					clusterIP: `10.96.20.${plan.address.split('.').at(-1) ?? ''}`,
					selector: {app: plan.app},
					ports: [{name: 'http', port: plan.port, targetPort: plan.port, protocol: 'TCP'}],
				},
			},
			{labels: {app: plan.app}},
		),
		workloadEntry(
			plan.namespace,
			plan.name,
			{spec: {address: plan.address, network: plan.network, serviceAccount: plan.serviceAccount, labels}},
			{
				annotations: {
					[`${prefix}proxy-config-dir`]: configDir,
					[`${prefix}ssh-host`]: '127.0.0.1',
					[`${prefix}ssh-port`]: String(sshPort),
					[`${prefix}ssh-user`]: proxyUser,
				},
			},
		),
		sidecar(plan.namespace, plan.name, {
			spec: {
				workloadSelector: {labels: {app: plan.app, class: 'vm'}},
				ingress: [
					{port: {number: plan.port, protocol: 'HTTP', name: 'http'}, defaultEndpoint: `127.0.0.1:${plan.port}`},
				],
				egress: [
					{
						bind: '127.0.0.2',
						port: {number: plan.port, protocol: 'HTTP', name: 'http'},
						hosts: ['./*', 'istio-system/*'],
					},
				],
			},
		}),
	];
}

/** Where the VMs live, each namespace with a pod whose sidecar can call them: one that dials its sidecar, one whose traffic is redirected. */
export function clientObjects(): readonly Seed[] {
	return [
		namespace(undefined, 'bookinfo', {}, {labels: {'istio-injection': 'enabled'}}),
		namespace(undefined, 'payments', {}, {labels: {'istio-injection': 'enabled'}}),
		readyPod('bookinfo', 'client-5b8c7d9f6-2hxjw', {
			containers: ['client', 'istio-proxy'],
			ip: '10.20.0.10',
			labels: {app: 'client', 'security.istio.io/tlsMode': 'istio'},
			annotations: {'sidecar.istio.io/interceptionMode': 'NONE'},
		}),
		sidecar('bookinfo', 'client', {
			spec: {
				workloadSelector: {labels: {app: 'client'}},
				egress: [{bind: '127.0.0.2', port: {number: 9080, protocol: 'HTTP', name: 'http'}, hosts: ['./*']}],
			},
		}),
		readyPod('payments', 'checkout-74d6b5c9f8-q6mzn', {
			containers: ['checkout', 'istio-proxy'],
			ip: '10.20.0.11',
			labels: {app: 'checkout', 'security.istio.io/tlsMode': 'istio'},
		}),
		service(
			'payments',
			'checkout',
			{
				spec: {
					type: 'ClusterIP',
					clusterIP: '10.96.21.1',
					selector: {app: 'checkout'},
					ports: [{name: 'http', port: 8000, protocol: 'TCP'}],
				},
			},
			{labels: {app: 'checkout'}},
		),
	];
}
