import {describe, expect, it} from 'vitest';
import {formOf, parseContainer, variable} from '../../source/proxy/container.ts';
import {containerDrift} from '../../source/proxy/container-drift.ts';
import {causeOfDocker} from '../../source/proxy/docker-causes.ts';
import {causeOfResponse} from '../../source/proxy/response-causes.ts';

describe('the words of docker name', () => {
	it.each([
		[
			'vm.docker-denied',
			'Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.24/containers/json": dial unix /var/run/docker.sock: connect: permission denied',
		],
		['vm.docker-denied', 'permission denied while trying to connect to the docker API at unix:///var/run/docker.sock'],
		[
			'vm.docker-stopped',
			'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
		],
		['vm.runtime-missing', 'sh: 1: docker: not found'],
		['vm.runtime-missing', 'sh: 1: podman: not found'],
		[
			'proxy.name-conflict',
			'Error: creating container storage: the container name "istio-proxy" is already in use by 1f2e. You have to remove that container to be able to reuse that name: that name is already in use',
		],
		[
			'proxy.image-not-found',
			'Error: initializing source docker://docker.io/istio/proxyv2:9: reading manifest 9 in docker.io/istio/proxyv2: manifest unknown',
		],
		[
			'proxy.registry-unreachable',
			'Error: initializing source docker://hub.example/x:1: pinging container registry hub.example: Get "https://hub.example/v2/": dial tcp: lookup hub.example: no such host',
		],
		[
			'proxy.name-conflict',
			'docker: Error response from daemon: Conflict. The container name "/istio-proxy" is already in use by container "1f2e". You have to remove (or rename) that container to be able to reuse that name.',
		],
		[
			'proxy.image-not-found',
			'Error response from daemon: manifest for docker.io/tetrate/proxyv2:9.9 not found: manifest unknown: manifest unknown',
		],
		[
			'proxy.image-not-found',
			'Error response from daemon: failed to resolve reference "registry.lab:5000/istio/proxyv2:no": registry.lab:5000/istio/proxyv2:no: not found',
		],
		['proxy.image-not-found', 'invalid reference format'],
		[
			'proxy.image-denied',
			"Error response from daemon: pull access denied for private/proxyv2, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
		],
		['proxy.image-denied', 'toomanyrequests: You have reached your pull rate limit.'],
		[
			'proxy.image-denied',
			'Error response from daemon: Head "https://hub.example.com/v2/proxyv2/manifests/1": unauthorized: authentication required',
		],
		[
			'proxy.registry-unreachable',
			'Error response from daemon: Get "https://registry.example.com/v2/": dial tcp: lookup registry.example.com on 10.0.0.2:53: no such host',
		],
		[
			'proxy.registry-unreachable',
			'Error response from daemon: Get "https://registry.example.com/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
		],
		[
			'proxy.registry-unreachable',
			'Error response from daemon: Get "https://registry.lab:5000/v2/": http: server gave HTTP response to HTTPS client',
		],
		[
			'proxy.registry-unreachable',
			'Error response from daemon: Get "https://registry.example.com/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
		],
		[
			'vm.disk-unwritable',
			'failed to register layer: Error processing tar file(exit status 1): write /usr/local/bin/envoy: no space left on device',
		],
		['vm.arch-mismatch', 'no matching manifest for linux/arm64/v8 in the manifest list entries'],
		[
			'token.missing',
			'error mounting "/etc/istio-proxy/istio-token" to rootfs at "/var/run/secrets/tokens/istio-token": not a directory: Are you trying to mount a directory onto a file (or vice-versa)?',
		],
	])('%s', (id, words) => {
		expect(causeOfDocker(words)).toBe(id);
	});

	it('nothing, where they are of another kind', () => {
		expect(causeOfDocker('something new')).toBeUndefined();
	});
});

describe('the reply of a proxy names', () => {
	it.each([
		[
			'network.vm-unreachable',
			'upstream connect error or disconnect/reset before headers. reset reason: connection failure',
		],
		[
			'network.vm-unreachable',
			'upstream connect error or disconnect/reset before headers. reset reason: connection timeout',
		],
		[
			'network.vm-unreachable',
			'upstream connect error or disconnect/reset before headers. retried and the latest reset reason: remote connection failure, transport failure reason: delayed connect error: Connection refused',
		],
		[
			'traffic.mtls-mismatch',
			'upstream connect error or disconnect/reset before headers. reset reason: remote connection failure, transport failure reason: TLS_error:|268435703:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end',
		],
		['traffic.denied', 'RBAC: access denied'],
	])('%s', (id, text) => {
		expect(causeOfResponse(text)).toBe(id);
	});

	it('nothing in the words of an application', () => {
		expect(causeOfResponse('<h1>Internal Server Error</h1>')).toBeUndefined();
	});
});

const run = [
	...['docker', 'run', '-d', '--name', 'istio-proxy', '--restart', 'unless-stopped', '--network', 'host'],
	...['-v', '/etc/istio-proxy/istio-ca.pem:/var/run/secrets/istio/root-cert.pem'],
	...['-v', '/etc/istio-proxy/istio-token:/var/run/secrets/tokens/istio-token'],
	...['--env-file', '/etc/istio-proxy/sidecar.env', '--add-host', 'istiod.istio-system:10.128.0.254'],
	...['istio/proxyv2:1', 'proxy', 'sidecar', '--concurrency', '0'],
];
const environmentFile = 'A=old\nPOD_NAME=ratings-vm\nCA_SNI=\nA=1';
const inspected = (change: {Config?: object; HostConfig?: object; State?: object; Image?: string} = {}) =>
	parseContainer(
		JSON.stringify([
			{
				Image: change.Image ?? 'sha256:1',
				RestartCount: 0,
				State: {Status: 'running', ExitCode: 0, StartedAt: '2026-08-27T10:00:00.5Z', ...change.State},
				Config: {
					Image: 'istio/proxyv2:1',
					Cmd: ['proxy', 'sidecar', '--concurrency', '0'],
					Env: ['POD_NAME=ratings-vm', 'CA_SNI=', 'A=old', 'A=1', 'PATH=/usr/bin'],
					...change.Config,
				},
				HostConfig: {
					Binds: [
						'/etc/istio-proxy/istio-token:/var/run/secrets/tokens/istio-token',
						'/etc/istio-proxy/istio-ca.pem:/var/run/secrets/istio/root-cert.pem',
					],
					NetworkMode: 'host',
					RestartPolicy: {Name: 'unless-stopped', MaximumRetryCount: 0},
					ExtraHosts: ['istiod.istio-system:10.128.0.254'],
					...change.HostConfig,
				},
			},
		]),
	);
const image = {id: 'sha256:1', environment: ['PATH=/usr/bin', 'A=of the image']};
const drift = (container: ReturnType<typeof parseContainer>, known: typeof image | undefined = image) =>
	containerDrift(container, formOf(run), environmentFile, known);

describe('a container', () => {
	it('is read with its variables', () => {
		const container = inspected();
		expect(container && variable(container, 'POD_NAME')).toBe('ratings-vm');
		expect(container && variable(container, 'POD')).toBeUndefined();
		expect(container?.startedAt).toBe(Date.parse('2026-08-27T10:00:00Z') / 1000);
	});

	it('that never started has no start', () => {
		expect(inspected({State: {StartedAt: '0001-01-01T00:00:00Z'}})?.startedAt).toBeUndefined();
	});

	it.each(['', '[]', 'null', '{}', 'Error'])('is absent in %j', (stdout) => {
		expect(parseContainer(stdout)).toBeUndefined();
	});

	it('is as it should be when nothing differs, in whatever order the engine tells it', () => {
		expect(drift(inspected())).toEqual([]);
	});

	it.each([
		['image', {Config: {Image: 'istio/proxyv2:2'}}],
		['image', {Image: 'sha256:2'}],
		['arguments', {Config: {Cmd: ['proxy', 'sidecar']}}],
		['mounts', {HostConfig: {Binds: []}}],
		['hosts entries', {HostConfig: {ExtraHosts: null}}],
		['network', {HostConfig: {NetworkMode: 'bridge'}}],
		['restart policy', {HostConfig: {RestartPolicy: {Name: 'no'}}}],
		['environment', {Config: {Env: ['POD_NAME=ratings-vm', 'CA_SNI=', 'A=2', 'PATH=/usr/bin']}}],
		['environment', {Config: {Env: ['POD_NAME=ratings-vm', 'CA_SNI=', 'A=1', 'LEFT=over', 'PATH=/usr/bin']}}],
	])('differs in its %s', (name, change) => {
		expect(drift(inspected(change))).toEqual([`the container has another ${name}`]);
	});

	it('of podman is as it should be with what podman adds by itself', () => {
		const found = inspected({
			Config: {
				Env: ['POD_NAME=ratings-vm', 'CA_SNI=', 'A=1', 'PATH=/usr/bin', 'container=podman', 'TERM=xterm', 'HOME=/root'],
			},
			HostConfig: {
				Binds: formOf(run).binds.map((bind) => `${bind}:rw,rprivate,rbind`),
				ExtraHosts: ['istiod.istio-system:10.128.0.254'],
			},
		});
		expect(containerDrift(found, formOf(run), environmentFile, image)).toEqual([]);
		const other = inspected({Config: {Env: [...(found?.environment ?? []), 'EXTRA=1']}});
		expect(containerDrift(other, formOf(run), environmentFile, image)).toEqual([
			'the container has another environment',
		]);
	});

	it('that does not run is not as it should be', () => {
		expect(drift(inspected({State: {Status: 'exited'}}))).toEqual(['the container is exited']);
		expect(drift(undefined)).toEqual(['there is no container']);
	});

	it('is judged by the file alone where the image is not known', () => {
		expect(containerDrift(inspected({Image: 'sha256:2'}), formOf(run), environmentFile, undefined)).toEqual([]);
	});
});
