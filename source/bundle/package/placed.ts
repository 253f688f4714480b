import type {Target} from '../../mesh/target.ts';
import {type Findings, packageFiles} from './files.ts';

/** The account that Istio's package makes for its proxy, and runs it as. */
export const proxyUser = 'istio-proxy';

/** Istio's names of the files, and where the package looks for them (istio.io, setup/install/virtual-machine). */
export const places = {
	'cluster.env': '/var/lib/istio/envoy/cluster.env',
	'mesh.yaml': '/etc/istio/config/mesh',
	'root-cert.pem': '/etc/certs/root-cert.pem',
	/** Not where pilot-agent looks, which a reboot empties: from here it is laid there at each start. */
	'istio-token': '/var/lib/istio/istio-token',
	'meshboard.conf': '/etc/systemd/system/istio.service.d/meshboard.conf',
} as const;

/** Where pilot-agent reads the token, as istio-agent has it. */
const tokenInUse = '/var/run/secrets/tokens/istio-token';

/** Where the proxy itself looks for a file. */
export function placeInUse(name: Exclude<keyof typeof places, 'meshboard.conf'>): string {
	return name === 'istio-token' ? tokenInUse : places[name];
}

/** All that is put onto a VM, but for the line in `/etc/hosts`. */
export const everyPath: readonly string[] = [...Object.values(places), tokenInUse];

/** What the proxy gets with it, and keeps. */
export const certificates: readonly string[] = ['/etc/certs/cert-chain.pem', '/etc/certs/key.pem'];

export const hostsFile = '/etc/hosts';

const dropIn = `# Written by meshboard. /run is empty after a reboot: the token is laid where pilot-agent looks for it.
[Service]
ExecStartPre=+/usr/bin/install -d -o ${proxyUser} -g ${proxyUser} -m 0755 /var/run/secrets
ExecStartPre=+/usr/bin/install -d -o ${proxyUser} -g ${proxyUser} -m 0700 /var/run/secrets/tokens
ExecStartPre=+/usr/bin/install -o ${proxyUser} -g ${proxyUser} -m 0640 ${places['istio-token']} ${tokenInUse}
`;

/** A file at its place on the VM. `name` is istioctl's, or that of the unit's own settings. */
export type PlacedFile = {
	readonly name: string;
	readonly path: string;
	readonly mode: number;
	readonly owner: string;
	readonly content: string | {readonly secret: 'token'};
};

/** All files of the package layout but `/etc/hosts`, which others write to as well. Empty as `packageFiles` is. */
export function placedFiles(target: Target, found: Findings = {}): readonly PlacedFile[] {
	const files = packageFiles(target, found);
	if (files.length === 0) return [];
	const istioctls = files.flatMap(({name, mode, content}): PlacedFile[] => {
		const path = name in places ? places[name as keyof typeof places] : undefined;
		if (path === undefined) return [];
		const placed = {name, path, mode, owner: proxyUser, content};
		// A running proxy reads the new one at once, a started one what the unit lays there.
		return name === 'istio-token' ? [placed, {...placed, path: tokenInUse}] : [placed];
	});
	const unit = {name: 'meshboard.conf', path: places['meshboard.conf'], mode: 0o644, owner: 'root', content: dropIn};
	return [...istioctls, unit];
}

/** The directories that must be there, and belong to the proxy (the guide's `mkdir` and `chown`). */
export const directories: ReadonlyArray<{readonly path: string; readonly mode: number; readonly owner: string}> = [
	...['/etc/certs', '/var/lib/istio/envoy', '/etc/istio/config', '/etc/istio/proxy', '/var/run/secrets'].map(
		(path) => ({path, mode: 0o755, owner: proxyUser}),
	),
	{path: '/var/run/secrets/tokens', mode: 0o700, owner: proxyUser},
	{path: '/etc/systemd/system/istio.service.d', mode: 0o755, owner: 'root'},
];
