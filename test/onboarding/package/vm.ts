import {createHash} from 'node:crypto';
import {placedFiles} from '../../../source/bundle/package/placed.ts';
import type {Target} from '../../../source/mesh/target.ts';
import type {Action} from '../../../source/onboarding/action.ts';
import type {Facts, StepContext} from '../../../source/onboarding/step.ts';
import {hostsLineOf} from '../../../source/vm/package-commands.ts';
import {targetNamed} from '../../helpers/target.ts';
import {ran} from '../drive.ts';

/* VMs with Istio's package as their probes print them, for the tests of its steps. */

export const now = 1_800_000_000;
export const target = targetNamed('ratings-vm', 'bookinfo', {
	layout: {value: 'package', source: 'flag'},
	interceptionMode: {value: 'REDIRECT', source: 'default'},
});
export const claims = {
	aud: ['istio-ca'],
	sub: 'system:serviceaccount:bookinfo:bookinfo-ratings',
	iat: now - 60,
	exp: now + 86_400,
};
const files = placedFiles(target, {sshPorts: [22]});
export const sum = (text: string) => createHash('sha256').update(text).digest('hex');

/** What the probe of a VM prints, on which all is as it should be but for the change. */
export type Vm = {
	version: string;
	active: string;
	enabled: string;
	since: number;
	roots: string[];
	contents: Map<string, {content: string; mode: number; owner: string; written: number}>;
	claims: object | undefined;
	hosts: string[];
	gatewayIps: string[];
	identity: string;
	sockets: string[];
};
export const listening = (port: number, process: string) =>
	`LISTEN 0 128 0.0.0.0:${port} 0.0.0.0:* users:(("${process}",pid=1,fd=3))`;
export const onboarded = (): Vm => ({
	version: '1.31.0',
	active: 'active',
	enabled: 'enabled',
	since: now - 10,
	contents: new Map(
		files.map(({path, content, mode, owner}) => [
			path,
			{content: typeof content === 'string' ? content : 'secret', mode, owner, written: now - 60},
		]),
	),
	claims,
	// The mesh of these tests has an empty certificate.
	roots: [sum('')],
	hosts: [hostsLineOf('10.128.0.254', 'istiod.istio-system.svc')],
	gatewayIps: [],
	identity: 'URI:spiffe://cluster.local/ns/bookinfo/sa/bookinfo-ratings',
	sockets: [listening(22, 'sshd'), listening(15021, 'envoy')],
});
export const pristine = (): Vm => ({
	...onboarded(),
	version: '',
	active: '',
	contents: new Map(),
	claims: undefined,
	roots: [],
	hosts: [],
	identity: '',
	sockets: [listening(22, 'sshd')],
});

function said(vm: Vm): string {
	const lines = (name: string, all: readonly string[]) => `=${name} 0\n${all.map((line) => `|${line}\n`).join('')}`;
	const token = vm.claims && Buffer.from(JSON.stringify(vm.claims)).toString('base64url');
	return [
		lines('package', ['manager deb', ...(vm.version === '' ? [] : [`version ${vm.version}`]), 'installing ']),
		lines(
			'unit',
			vm.active === '' ? [] : [`active ${vm.active}`, `enabled ${vm.enabled}`, `since ${vm.since}`, 'restarts 0'],
		),
		lines(
			'files',
			[...vm.contents].map(
				([path, {content, mode, owner, written}]) => `${sum(content)} ${mode.toString(8)} ${owner} ${written} ${path}`,
			),
		),
		lines('roots', vm.roots),
		lines('token', token === undefined ? [] : [token]),
		lines('hosts', vm.hosts),
		lines('gateway', vm.gatewayIps),
		lines('identity', vm.identity === '' ? [] : [vm.identity]),
		lines('sockets', vm.sockets),
		lines('clock', [String(now)]),
	].join('');
}

const general = (vm: Vm) =>
	[
		'=kernel 0\n|Linux\n|x86_64\n=os 0\n|PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n|ID=debian\n',
		`=listeners 0\n${vm.sockets.map((line) => `|${line}\n`).join('')}`,
		`=addresses 0\n|2: eth0 inet 10.128.0.2/24\n=clock 0\n|${now}\n`,
	].join('');

export function context(
	facts: Facts = {},
	change: Partial<Target> = {},
	options: Partial<StepContext['options']> = {},
): StepContext {
	return {
		target: {...target, ...change},
		facts: {serverTime: () => now, ...facts},
		options: {task: 'onboard', prepare: false, force: false, profile: 'default', context: 'lab', ...options},
	};
}

const isPackageProbe = (action: Action) =>
	action.kind === 'exec' && action.command.includes('istio-sidecar 2>/dev/null');
/** Answers the probes as this VM, all else with success. */
export const answers =
	(vm: Vm, other: (action: Action) => unknown = () => undefined) =>
	(action: Action) => {
		if (isPackageProbe(action)) return ran(said(vm));
		if (action.kind === 'exec' && action.command.includes('it changes nothing')) return ran(general(vm));
		return other(action) ?? (action.kind === 'upload' ? {sent: true, bytes: 1} : ran());
	};
export const changes = (asked: readonly Action[]) =>
	asked.flatMap((action): ReadonlyArray<string | readonly string[]> => {
		if (action.kind === 'place') return [action.files.map(({path}) => path)];
		return action.kind === 'exec' && action.changes ? [action.command] : [];
	});
