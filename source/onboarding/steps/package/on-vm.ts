import {directories, type PlacedFile, placedFiles, places} from '../../../bundle/package/placed.ts';
import {istiodHost} from '../../../bundle/package/proxy-config.ts';
import type {Target} from '../../../mesh/target.ts';
import type {PackageFacts} from '../../../vm/package-facts.ts';
import {packageProbeCommand} from '../../../vm/package-probe.ts';
import type {Exec, Place} from '../../action.ts';
import type {Facts} from '../../step.ts';

/** A command of root that only looks. */
export function lookAsRoot(command: string): Exec {
	return {kind: 'exec', as: 'admin', sudo: true, command, changes: false};
}

/** Reads all that concerns the package, as root, in one round trip. */
export function packageProbe(target: Target): Exec {
	const paths = [...new Set(placedFiles(target).map(({path}) => path))];
	return lookAsRoot(
		packageProbeCommand({
			paths: paths.length === 0 ? Object.values(places) : paths,
			roots: places['root-cert.pem'],
			token: places['istio-token'],
			istiod: target.mesh === undefined ? 'istiod' : istiodHost(target.mesh),
			gateway: target.gateway?.isIp === false ? target.gateway.address : undefined,
		}),
	);
}

/** The files with what the VM itself has told: the ports of its sshd, which interception must leave alone. */
export function filesFor(target: Target, {package: found}: Facts): readonly PlacedFile[] {
	const {sshPorts = []} = found ?? {};
	const given = target.ssh.port.value;
	const ports = [...new Set([...sshPorts, ...(given === undefined ? [] : [given])])];
	return placedFiles(target, {sshPorts: ports});
}

export function place(files: readonly PlacedFile[]): Place {
	return {
		kind: 'place',
		directories,
		files: files.map(({path, mode, owner, content}) => ({path, mode, owner, content})),
		changes: true,
	};
}

/** One word for how the unit stands. */
export function stateOf({active, enabled, restarts}: PackageFacts['unit']): string {
	return active === '' ? 'no unit istio' : `${active}, ${enabled}, started anew ${restarts} times`;
}
