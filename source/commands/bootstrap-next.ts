import {basename} from 'node:path';
import {linesByHand} from '../bundle/package/by-hand.ts';
import {remedyLine} from '../diagnosis/remedy-line.ts';
import type {Target} from '../mesh/target.ts';
import type {Bundle} from '../onboarding/session.ts';
import {say} from './failures.ts';

/** What was found of each entry whose bundle was saved, and when its token ends. */
export function tellBundles(bundles: readonly Bundle[]): void {
	for (const {target, findings, expiresAt} of bundles) {
		for (const {id, severity, summary, remedy} of findings) {
			if (severity !== 'info') say(`${target.ref}: ${severity} ${id}: ${summary}\n  → ${remedyLine(remedy)}`);
		}
		say(`${target.ref}: the token ends ${expiresAt}; start the proxy before that.`);
	}
}

/**
 * What to do with a saved bundle, in the original's words (tetratelabs/istio, istioctl/cmd/sidecar-bootstrap.go). Of several bundles each
 * goes to its own host, which the original does not say: a host has no use for the tokens of others.
 */
export function tellNextSteps(
	kind: 'folder' | 'archive',
	path: string,
	bundles: readonly Bundle[],
	several: boolean,
): void {
	const ofPackage = bundles.find(({target}) => target.layout.value === 'package');
	if (ofPackage !== undefined) return tellPackageSteps(kind, path, ofPackage.target, several);
	const start = (script: string) => `run \`${script}\` to start Istio Proxy in a Docker container`;
	if (kind === 'folder') {
		const what = several
			? `Copy each folder of \`${path}\` to the remote host represented by the WorkloadEntry of that name`
			: `Copy the contents of \`${path}\` directory to the remote host represented by the WorkloadEntry`;
		say(
			`Generated files have been saved to the directory \`${path}\`\n\nNext steps:\n\n  1. ${what}\n\n  2. Once on the remote host, ${start('<dir>/bin/start-istio-proxy.sh')}`,
		);
		return;
	}
	const [unpack, copy, script] = several
		? [
				`tar -xvf ${basename(path)} <entry>`,
				'the remote host represented by each WorkloadEntry',
				'./<entry>/bin/start-istio-proxy.sh',
			]
		: [`tar -xvf ${basename(path)}`, 'the remote host represented by the WorkloadEntry', './bin/start-istio-proxy.sh'];
	say(
		`Generated files have been saved into the TGZ archive \`${path}\`\n\nNext steps:\n\n  1. Copy the file \`${path}\` to ${copy}\n\n  2. Once on the remote host,\n\n     1. run \`${unpack}\` to extract archive into the working directory\n\n     2. ${start(script)}`,
	);
}

/** The same for Istio's package, whose files have their places on the VM. */
function tellPackageSteps(kind: 'folder' | 'archive', path: string, target: Target, several: boolean): void {
	const where = several ? 'each VM its own folder of it' : 'the VM';
	const go = [
		...(kind === 'archive' ? [`tar -xf ${basename(path)}${several ? ' <entry>' : ''}`] : []),
		...(several ? ['cd <entry>'] : []),
	];
	const lines = [...go, ...linesByHand(target)].map((line) => `       ${line}`).join('\n');
	say(
		`Generated files have been saved ${kind === 'folder' ? `to the directory \`${path}\`` : `into the TGZ archive \`${path}\``}\n\nNext steps:\n\n  1. Copy \`${path}\` to the VM (${where}), which has Istio's package (istio-sidecar)\n\n  2. Once on the VM, as root, beside the files:\n\n${lines}\n\nA reboot empties /run, and with it the place of the token: a proxy that has its certificate in /etc/certs goes on without; another wants a token there again.`,
	);
}
