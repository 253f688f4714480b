import type {FindingId} from '../diagnosis/catalogue.ts';

/** In order: the first that fits. Words of the docker command line, of its daemon (moby/moby), of podman and of the registry. */
const rows: ReadonlyArray<readonly [FindingId, RegExp]> = [
	['vm.docker-denied', /permission denied while trying to connect to the docker/i],
	[
		'vm.docker-stopped',
		/cannot connect to the docker daemon|failed to connect to the docker api|is the docker daemon running/i,
	],
	['vm.runtime-missing', /(docker|podman): (command )?not found|(docker|podman): no such file/i],
	['proxy.name-conflict', /conflict\. the container name|container name "[^"]*" is already in use/i],
	['vm.disk-unwritable', /no space left on device|read-only file system|disk quota exceeded/i],
	['vm.arch-mismatch', /no matching manifest for|exec format error|cannot be used on this platform/i],
	[
		'proxy.image-denied',
		/pull access denied|toomanyrequests|too many requests|unauthorized|no basic auth credentials|denied: |403 forbidden/i,
	],
	[
		'proxy.image-not-found',
		/manifest (for \S+ )?(unknown|not found)|manifest for \S+ not found|name unknown|: not found$|no such image|invalid reference format/im,
	],
	[
		'proxy.registry-unreachable',
		/dial tcp|no such host|server misbehaving|i\/o timeout|connection refused|tls handshake|x509:|server gave http response to https client|client\.timeout|deadline exceeded|no route to host|network is unreachable|unexpected eof|: eof$/im,
	],
	['proxy.root-cert-missing', /istio-ca\.pem.*(not a directory|is a directory)|mounting .*istio-ca\.pem/i],
	['token.missing', /istio-token.*(not a directory|is a directory)|mounting .*istio-token/i],
];

/** Why a docker command failed, by its words; undefined when they name no cause of the catalogue. */
export function causeOfDocker(words: string): FindingId | undefined {
	return rows.find(([, pattern]) => pattern.test(words))?.[0];
}
