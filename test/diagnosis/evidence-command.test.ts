import {expect, test} from 'vitest';
import {evidenceCommand} from '../../source/diagnosis/evidence-command.ts';

test.each([
	['workloadentry/shop/a, condition Healthy', 'here', 'kubectl get workloadentry a -n shop -o yaml'],
	['service shop/a', 'here', 'kubectl get service a -n shop -o yaml'],
	['sidecars -n shop', 'here', 'kubectl get sidecars -n shop'],
	['pods -n istio-system -l app=istiod', 'here', 'kubectl get pods -n istio-system -l app=istiod'],
	[
		'istiod /debug/syncz of istiod-1',
		'here',
		'kubectl exec -n istio-system deploy/istiod -- pilot-discovery request GET /debug/syncz',
	],
	['127.0.0.1:15000/certs', 'vm', "curl -s 'http://127.0.0.1:15000/certs'"],
	['GET http://127.0.0.1:8080/healthz on the VM', 'vm', "curl -s 'http://127.0.0.1:8080/healthz'"],
	['/etc/os-release', 'vm', 'cat /etc/os-release'],
	['ss -ltnp', 'vm', 'ss -ltnp'],
	['docker container inspect istio-proxy, ExtraHosts', 'vm', 'docker container inspect istio-proxy'],
	['date -u +%s on the VM', 'vm', 'date -u +%s'],
] as const)('%s', (source, where, command) => {
	expect(evidenceCommand(source)).toEqual({where, command});
});

test('what is in a token is shown to nobody', () => {
	expect(evidenceCommand('/etc/istio-proxy/istio-token')?.command).toBe('ls -l /etc/istio-proxy/istio-token');
});

test.each([
	'so also proxy.not-ready',
	'the proxy’s endpoints',
	'Date of the API server',
	'gateway',
	'docker container inspect',
	'',
])('%j names no command', (source) => expect(evidenceCommand(source)).toBeUndefined());
