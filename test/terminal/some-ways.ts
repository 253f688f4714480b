import {finding} from '../../source/diagnosis/catalogue.ts';
import type {Check, Finding} from '../../source/diagnosis/finding.ts';

const fromVm = 'vm istio-proxy@10.128.0.2:22';
/** Ways of a VM, one with each result that a matrix tells. */
export const ways: readonly Check[] = [
	{
		id: 'ssh',
		title: 'SSH',
		from: 'this machine',
		to: '10.128.0.2',
		port: 22,
		outcome: 'passed',
		detail: 'istio-proxy is logged in',
		ms: 3,
		why: "meshboard's own way",
		result: 'open',
	},
	{
		id: 'gateway.istiod',
		title: 'VM to istiod',
		from: fromVm,
		to: '10.128.0.254',
		port: 15_012,
		outcome: 'failed',
		detail: '10.128.0.254:15012: no answer',
		ms: 10_002,
		why: 'xDS and certificates',
		result: 'filtered',
		finding: 'network.gateway-blocked',
	},
	{
		id: 'gateway.services',
		title: 'VM to services',
		from: fromVm,
		to: '10.128.0.254',
		port: 15_443,
		outcome: 'warning',
		detail: 'connected; 1 of 3 tries did not come through',
		ms: 12,
		why: 'requests to services',
		result: 'open',
		tries: {made: 3, open: 2, fastest: 12, slowest: 1040},
	},
	{
		id: 'gateway.9411',
		title: 'VM to telemetry, port 9411',
		from: fromVm,
		to: '10.128.0.254',
		port: 9411,
		outcome: 'warning',
		detail: '10.128.0.254:9411: connection refused',
		ms: 4,
		why: 'tracing and access logs',
		result: 'refused',
		block: {
			evidence: [{source: 'iptables-save on the VM', text: '-A OUTPUT -p tcp --dport 9411 -j REJECT'}],
			remedy: {
				text: "The VM's own firewall rejects it. Allow TCP port 9411.",
				rules: {ufw: 'sudo ufw allow out 9411', gcloud: 'gcloud 9411'},
			},
		},
	},
	{
		id: 'inbound-9080',
		title: 'Mesh to VM, port 9080',
		from: 'pod bookinfo/client-5b8c7d9f6-2hxjw',
		to: '10.128.0.2',
		port: 9080,
		outcome: 'not-done',
		detail: '10.128.0.2:9080 refuses: nothing listens there yet',
		ms: 7,
		why: 'requests to the app',
		result: 'refused',
	},
];
/** Why one of them is closed. */
export const blocked: Finding = {
	...finding('network.gateway-blocked', {
		target: 'workloadentry/bookinfo/details-vm',
		evidence: [{source: 'iptables-save on the VM', text: '-A OUTPUT -p tcp --dport 15012 -j DROP'}],
	}),
	remedy: {
		text: "The VM's own firewall drops it. Allow TCP port 15012 from the VM 10.128.0.2 to the gateway (10.128.0.254): xDS and certificates.",
		rules: {
			ufw: 'sudo ufw allow out proto tcp to 10.128.0.254 port 15012',
			nftables: "sudo nft insert rule inet filter output ip daddr 10.128.0.254 tcp dport '{ 15012 }' accept",
			gcloud: 'gcloud compute firewall-rules create meshboard-out --network NETWORK --direction EGRESS',
		},
	},
};
