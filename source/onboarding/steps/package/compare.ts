import {createHash} from 'node:crypto';
import {hostsFile, type PlacedFile} from '../../../bundle/package/placed.ts';
import {istiodHost} from '../../../bundle/package/proxy-config.ts';
import type {MeshSettings, Target} from '../../../mesh/target.ts';
import {readPayload} from '../../../mesh/token.ts';
import {hostsLineOf} from '../../../vm/package-commands.ts';
import type {PackageFacts} from '../../../vm/package-facts.ts';
import {parsePackageProbe} from '../../../vm/package-probe.ts';
import {perform} from '../../action.ts';
import type {Step} from '../../step.ts';
import {tokenFault} from '../bootstrap/token-fault.ts';
import {filesFor, packageProbe} from './on-vm.ts';

/** What is on the VM against what the package layout would leave there. Whatever an interrupted run left half done is a difference. */
export const comparePackageStep: Step = {
	id: 'bootstrap.compare',
	phase: 'bootstrap',
	title: 'Compare the VM with what it should have',
	plan: () => [],
	*run(context) {
		const {target, options} = context;
		const found = parsePackageProbe((yield* perform(packageProbe(target))).stdout);
		if (found === undefined) {
			return {status: 'failed', detail: 'The VM could not be read as root: its answer had no end. Try again.'};
		}
		const files = filesFor(target, {package: found});
		if (files.length === 0) {
			return {
				status: 'failed',
				detail:
					'What the VM should have is not known: the mesh, its gateway, the entry or the IP of the VM could not be read.',
			};
		}
		const facts = {package: found};
		if (options.force) {
			const stale = [...new Set([...files.map(({name}) => name), hostsFile])];
			return {status: 'succeeded', detail: 'all is replaced, as asked', facts: {...facts, unchanged: false, stale}};
		}
		const faults = [...files.flatMap((file) => faultOf(file, found, target)), ...hostsFault(target, found)];
		const reasons = [...faults.map(({reason}) => reason), ...serviceFaults(files, found)];
		if (reasons.length === 0) {
			return {
				status: 'succeeded',
				detail: 'unchanged: files, token and service are as they should be',
				facts: {...facts, unchanged: true, stale: []},
			};
		}
		const stale = [...new Set(faults.map(({name}) => name))];
		return {status: 'succeeded', detail: [...new Set(reasons)].join('; '), facts: {...facts, unchanged: false, stale}};
	},
};

type Fault = {readonly name: string; readonly reason: string};

function faultOf(
	file: PlacedFile,
	{files, roots, tokenPayload, clock}: PackageFacts,
	{entry, mesh}: Target,
): readonly Fault[] {
	const {name, path, mode, owner, content} = file;
	const there = files[path];
	const fault = (reason: string) => [{name, reason}];
	if (typeof content !== 'string') {
		const token = tokenFault(readPayload(tokenPayload), entry, clock);
		if (token !== undefined) return fault(token);
	}
	if (there === undefined) return fault(`${path} is absent`);
	// The proxy writes into this one what its CA answers: whose the certificates are counts, not the bytes.
	if (name === 'root-cert.pem')
		return trusts(mesh, roots) ? [] : fault(`${path} has none of the mesh's root certificates`);
	if (typeof content === 'string' && there.sum !== createHash('sha256').update(content).digest('hex')) {
		return fault(`${path} differs`);
	}
	if (there.mode !== mode) return fault(`${path} has mode ${there.mode.toString(8)} instead of ${mode.toString(8)}`);
	return there.owner === owner ? [] : fault(`${path} is ${there.owner}'s instead of ${owner}'s`);
}

/** Is one of the mesh's root certificates among those on the VM? */
export function trusts(mesh: MeshSettings | undefined, onVm: readonly string[]): boolean {
	return certificateSums(mesh?.rootCertificate ?? '').some((sum) => onVm.includes(sum));
}

/** SHA-256 of each certificate of a PEM text, over its base64. */
export function certificateSums(pem: string): readonly string[] {
	const blocks = pem.matchAll(/-----BEGIN [^-]+-----([^-]*)-----END/g);
	return [...blocks].map(([, base64 = '']) => createHash('sha256').update(base64.replaceAll(/\s/g, '')).digest('hex'));
}

/**
 * A gateway with a name was looked up on the VM: any address that it has now is right, since one of several may come first each time.
 * Where it does not resolve at the moment, what was pinned stays.
 */
function hostsFault({mesh, gateway}: Target, {hosts, gatewayIps}: PackageFacts): readonly Fault[] {
	if (mesh === undefined || gateway === undefined) return [];
	const istiod = istiodHost(mesh);
	const [own = '', ...more] = hosts.filter((line) => line.split(/\s+/).includes(istiod));
	const wanted = (gateway.isIp ? [gateway.address] : gatewayIps).map((ip) => hostsLineOf(ip, istiod));
	const right = wanted.length === 0 ? own.includes('# meshboard') : wanted.includes(own);
	return right && more.length === 0
		? []
		: [{name: hostsFile, reason: `${hostsFile} does not lead ${istiod} to the gateway`}];
}

/** The service runs, starts with the machine, and has read what is there. */
function serviceFaults(files: readonly PlacedFile[], found: PackageFacts): readonly string[] {
	const {active, enabled, since} = found.unit;
	if (active !== 'active') return [`the service istio is ${active || 'absent'}`];
	const read = files.filter(({name, content}) => typeof content === 'string' && name !== 'root-cert.pem');
	const newer = read.find(({path}) => (found.files[path]?.written ?? 0) > since);
	return [
		...(enabled === 'enabled' ? [] : ['the service istio does not start with the machine']),
		...(newer === undefined ? [] : [`${newer.path} was replaced after the service was started`]),
	];
}
