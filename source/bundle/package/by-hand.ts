import type {Target} from '../../mesh/target.ts';
import {quote} from '../../vm/quote.ts';
import {directories, hostsFile, placeInUse, proxyUser} from './placed.ts';
import {istiodHost} from './proxy-config.ts';

const owned = ['-o', proxyUser, '-g', proxyUser];
const files = ['cluster.env', 'mesh.yaml', 'root-cert.pem', 'istio-token'] as const;

/**
 * What root does on the VM, in the folder of the files, when nobody carries them there for him: the guide's steps (istio.io,
 * setup/install/virtual-machine), with the token for its proxy alone. A gateway that has a name only is looked up on the VM.
 */
export function linesByHand({mesh, gateway}: Target): readonly string[] {
	const istiod = mesh === undefined ? 'istiod.istio-system.svc' : istiodHost(mesh);
	const lookup =
		gateway === undefined || gateway.isIp
			? `cat hosts >>${hostsFile}`
			: `echo "$(getent ahosts ${quote(gateway.address)} | awk '{print $1; exit}') ${istiod}" >>${hostsFile}`;
	return [
		// With the settings that set them: a new cluster.env knows no rules of interception but its own.
		'systemctl stop istio',
		...directories
			.filter(({owner}) => owner === proxyUser)
			.map(({path, mode}) => ['install', '-d', ...owned, '-m', octal(mode), path].join(' ')),
		...files.map((name) =>
			['install', ...owned, '-m', name === 'istio-token' ? '0640' : '0644', name, placeInUse(name)].join(' '),
		),
		lookup,
		'systemctl enable istio',
		'systemctl start istio',
	];
}

function octal(mode: number): string {
	return mode.toString(8).padStart(4, '0');
}
