import type {Sourced, Target} from '../mesh/target.ts';

/** One value of a target as a plan shows it: the name, the value in words, and where it came from. */
export type Setting = {readonly name: string; readonly value: string; readonly source: string};

/** Every value that a run uses, with its source, in the order in which a person asks for them. */
export function settingsOf(target: Target): readonly Setting[] {
	const row = (name: string, sourced: Sourced<unknown> | undefined, otherwise = 'not known'): Setting => {
		const value = sourced?.value;
		const words =
			value === undefined || value === '' ? otherwise : Array.isArray(value) ? value.join(', ') : String(value);
		return {
			name,
			value: words,
			source:
				sourced === undefined
					? ''
					: sourced.detail === undefined
						? sourced.source
						: `${sourced.source} ${sourced.detail}`,
		};
	};
	const {ssh, gateway, mesh} = target;
	return [
		row('SSH host', ssh.host),
		row('SSH port', ssh.port, 'as ~/.ssh/config says, else 22'),
		row('SSH user', ssh.user, 'as ~/.ssh/config says'),
		row('SSH key', ssh.key, 'ssh-agent, ~/.ssh/config, default names'),
		row('jump hosts', ssh.jump, 'as ~/.ssh/config says'),
		row('unknown host keys', ssh.hostKeys),
		row('admin user', target.adminUser, 'none'),
		row('instance IP', target.instanceIp),
		row('config directory', target.configDir),
		row('container', target.containerName),
		row('image', target.image),
		row('interception', target.interceptionMode),
		{name: 'gateway', value: gateway === undefined ? 'not known' : gateway.address, source: gateway?.origin ?? ''},
		{
			name: 'network',
			value: target.entry.network || mesh?.network || 'none',
			source: target.entry.network === '' ? 'mesh' : 'entry',
		},
		row('token, seconds', target.tokenSeconds),
		row('limit, seconds', target.timeoutSeconds),
	];
}
