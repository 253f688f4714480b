import type {Sourced, Target} from '../mesh/target.ts';
import {refOf} from '../mesh/workload-entry.ts';
import {readableSeconds} from '../output/readable-seconds.ts';
import {lockFile} from '../vm/vm-lock.ts';
import type {RunOptions, Task} from './event.ts';
import type {Setting} from './setting.ts';
import {wayToIstiod} from './way-to-istiod.ts';

/** Every value that a run uses, with its source, in the order in which a person asks for them. */
export function settingsOf({
	target,
	options,
	steps,
}: {
	readonly target: Target;
	readonly options: Pick<RunOptions, 'prepare'> & {readonly package?: string; readonly task?: Task};
	readonly steps: ReadonlyArray<{readonly actions: readonly unknown[]}>;
}): readonly Setting[] {
	const all = allSettings(target, options);
	const shown = options.task === 'prepare' ? all.filter(({name}) => ofPreparation.has(name)) : all;
	return steps.some(({actions}) => actions.length > 0) ? [...shown, lock] : shown;
}

/** The one thing of a run on its VM that no step does. */
const lock: Setting = {name: 'lock', value: `${lockFile}, while the run lasts`, source: 'one run at a time on a VM'};

/** Preparation knows nothing of the mesh. */
const ofPreparation = new Set([
	...['SSH host', 'SSH port', 'SSH user', 'SSH password', 'SSH key', 'SSH connects in', 'jump hosts', 'new host keys'],
	...['admin user', 'runtime', 'directory', 'limit of a step'],
]);

function allSettings(
	target: Target,
	options: Pick<RunOptions, 'prepare'> & {readonly package?: string},
): readonly Setting[] {
	const {ssh, gateway, mesh, entry, ingress} = target;
	const inContainer = target.layout.value === 'container';
	// The package pins an address of a gateway that has a name.
	const istiod = inContainer || gateway?.isIp === true ? wayToIstiod(target) : undefined;
	const {prepare} = options;
	return [
		row('SSH host', ssh.host),
		row('SSH port', ssh.port, '~/.ssh/config, else 22'),
		row('SSH user', ssh.user),
		ssh.password.value
			? row('SSH password', {...ssh.password, value: 'asked for'})
			: row('SSH key', ssh.key, 'ssh-agent, ~/.ssh/config, default keys'),
		row('SSH connects in', {...ssh.connectSeconds, value: readableSeconds(ssh.connectSeconds.value)}),
		row('jump hosts', ssh.jump, '~/.ssh/config, else none'),
		row('new host keys', ssh.hostKeys),
		...(prepare && inContainer ? [row('admin user', target.adminUser, '~/.ssh/config, else your own name')] : []),
		...(inContainer
			? [
					row('runtime', target.runtime),
					row('directory', target.configDir),
					row('container', target.containerName),
					row('image', target.image),
					confinement(target),
				]
			: ofPackage(target, options.package)),
		row('instance IP', target.instanceIp, 'unknown: the entry gives no IP'),
		row('interception', target.interceptionMode),
		{
			name: 'network',
			value: entry.network || mesh?.network || 'none',
			source: entry.network === '' ? 'mesh' : 'entry spec.network',
		},
		{
			name: 'gateway',
			value: gateway === undefined ? 'unknown' : [gateway.address, ports(gateway.ports)].join(''),
			source: [gateway?.origin ?? '', gateway?.how ?? []].flat().join(', '),
		},
		...(istiod === undefined ? [] : [istiod]),
		row('token', {
			...target.tokenSeconds,
			value: `${readableSeconds(target.tokenSeconds.value)} for ${entry.serviceAccount || 'no service account'}`,
		}),
		...(ingress.length === 0
			? []
			: [
					{
						name: 'inbound',
						value: ingress.map((each) => `${each.port} to ${each.defaultEndpoint}`).join(', '),
						source: 'Sidecar',
					},
				]),
		row('limit of a step', {...target.timeoutSeconds, value: readableSeconds(target.timeoutSeconds.value)}),
	];
}

/** What the container's command may get besides, which is seen on the VM. */
function confinement({runtime}: Target): Setting {
	const users = runtime.value === 'docker' ? ', --userns host where Docker remaps users' : '';
	return {name: 'confinement', value: `mounts with :z where SELinux enforces${users}`, source: 'as the VM has it'};
}

function ofPackage(target: Target, path: string | undefined): readonly Setting[] {
	const {group, interceptionMode, ssh} = target;
	const ports = [...new Set([22, ssh.port.value ?? 22])].join(', ');
	return [
		row('layout', target.layout),
		{
			name: 'package',
			value: path ?? 'istio-sidecar, as it is installed',
			source: path === undefined ? '' : 'flag --package',
		},
		...(group === undefined || target.configured?.autoRegister === false
			? []
			: [{name: 'registered', value: `by istiod, from WorkloadGroup ${refOf(group)}`, source: 'flag --group'}]),
		...(interceptionMode.value === 'NONE'
			? []
			: [{name: 'not intercepted', value: `SSH: ${ports}, and what else sshd listens on`, source: 'default'}]),
	];
}

function row(name: string, sourced: Sourced<unknown> | undefined, otherwise = 'unknown'): Setting {
	const value = sourced?.value;
	if (sourced === undefined || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) {
		return {name, value: otherwise, source: ''};
	}
	const source = sourced.detail === undefined ? sourced.source : `${sourced.source} ${sourced.detail}`;
	return {name, value: Array.isArray(value) ? value.join(', ') : String(value), source};
}

function ports(numbers: readonly number[]): string {
	return numbers.length === 0 ? '' : ` ports ${numbers.join(', ')}`;
}
