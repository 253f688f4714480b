import {type Commands, fail, type MachineCommand, ok, parseOptions} from '../command.ts';
import {listenersOf} from '../machine.ts';

const uname: MachineCommand = (args, {machine}) => {
	const options = parseOptions(args);
	const all = options.has('-a', '--all');
	const words = [
		...(all || options.has('-s') || args.length === 0 ? ['Linux'] : []),
		...(all || options.has('-n') ? [machine.hostname] : []),
		...(all || options.has('-r') ? ['6.1.0-40-cloud-amd64'] : []),
		...(all || options.has('-v') ? ['#1 SMP PREEMPT_DYNAMIC Debian 6.1.153-1'] : []),
		...(all || options.has('-m', '-p') ? ['x86_64'] : []),
		...(all || options.has('-o') ? ['GNU/Linux'] : []),
	];
	return ok(`${words.join(' ')}\n`);
};

const df: MachineCommand = (args, {machine, session}) => {
	const options = parseOptions(args);
	const paths = options.rest.length === 0 ? ['/'] : options.rest;
	const missing = paths.find((path) => machine.tree.look(path, session.eyes.who) === undefined);
	if (missing !== undefined) return fail(`df: ${missing}: No such file or directory`);
	const head = options.has('-i')
		? 'Filesystem      Inodes  IUsed   IFree IUse% Mounted on'
		: `Filesystem     ${options.has('-P') ? '1024-blocks' : '1K-blocks'}    Used Available ${options.has('-P') ? 'Capacity' : 'Use%'} Mounted on`;
	const line = options.has('-i')
		? '/dev/sda1      1310720  41822 1268898    4% /'
		: '/dev/sda1         20509264 1873940  17703176      10% /';
	return ok(`${[head, ...paths.map(() => line)].join('\n')}\n`);
};

const ss: MachineCommand = (args, {machine, session}) => {
	const options = parseOptions(args);
	const process = (name: string) =>
		options.has('-p') && session.account.uid === 0 ? `users:(("${name}",pid=${name.length + 640},fd=3))` : '';
	const lines = listenersOf(machine).map(({address, port, process: name}) =>
		['LISTEN', '0', '128', `${address}:${port}`.padStart(20), '0.0.0.0:*'.padStart(18), process(name)]
			.join(' ')
			.trimEnd(),
	);
	return ok(
		`${[...(options.has('-H') ? [] : ['State  Recv-Q Send-Q   Local Address:Port    Peer Address:Port Process']), ...lines].join('\n')}\n`,
	);
};

const ip: MachineCommand = (args, {machine}) => {
	const short = args.includes('-o') || args.includes('-oneline');
	const rest = args.filter((arg) => !arg.startsWith('-'));
	if (!/^a/.test(rest[0] ?? '')) return fail(`Object "${rest[0] ?? ''}" is unknown, try "ip help".`);
	const forever = 'valid_lft forever preferred_lft forever';
	const links = [
		{index: 1, name: 'lo', address: '127.0.0.1/8 scope host lo'},
		{
			index: 2,
			name: 'eth0',
			address: `${machine.address}/24 brd ${machine.address.replace(/\d+$/, '255')} scope global eth0`,
		},
	];
	const lines = links.flatMap(({index, name, address}) =>
		short
			? [`${index}: ${name}    inet ${address}\\       ${forever}`]
			: [
					`${index}: ${name}: <UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default`,
					`    inet ${address}`,
					`       ${forever}`,
				],
	);
	return ok(`${lines.join('\n')}\n`);
};

const systemctl: MachineCommand = (args, {machine: {services}, session}) => {
	const options = parseOptions(args);
	const [verb = '', ...names] = options.rest.concat(args.filter((arg) => arg === '--now').slice(1));
	const words = names.filter((name) => !name.startsWith('-'));
	const unit = (words[0] ?? '').replace(/\.service$/, '');
	const service = services.get(unit);
	if (verb === 'is-active') return service?.active ? ok('active\n') : fail('', 3, 'inactive\n');
	if (verb === 'is-enabled')
		return service === undefined
			? fail(`Failed to get unit file state for ${unit}.service: No such file or directory`)
			: service.enabled
				? ok('enabled\n')
				: fail('', 1, 'disabled\n');
	if (verb === 'show') {
		const state = service === undefined ? '' : service.enabled ? 'enabled' : 'disabled';
		return ok(`ActiveState=${service?.active ? 'active' : 'inactive'}\nUnitFileState=${state}\n`);
	}
	if (verb === 'daemon-reload') return ok();
	if (service === undefined) return fail(`Unit ${unit}.service could not be found.`, verb === 'status' ? 4 : 5);
	if (verb === 'status')
		return ok(
			`● ${unit}.service\n     Loaded: loaded (/lib/systemd/system/${unit}.service; ${service.enabled ? 'enabled' : 'disabled'})\n     Active: ${service.active ? 'active (running)' : 'inactive (dead)'}\n`,
		);
	if (session.account.uid !== 0)
		return fail(
			`Failed to ${verb} ${unit}.service: Interactive authentication required.\nSee system logs and 'systemctl status ${unit}.service' for details.`,
		);
	const now = args.includes('--now');
	if (verb === 'start' || verb === 'restart') service.active = true;
	else if (verb === 'stop') service.active = false;
	else if (verb === 'enable') Object.assign(service, {enabled: true}, now ? {active: true} : {});
	else if (verb === 'disable') Object.assign(service, {enabled: false}, now ? {active: false} : {});
	else return fail(`Unknown command verb ${verb}.`);
	return ok();
};

/** The machine about itself: kernel, disks, sockets, addresses, services. */
/** A packet filter without a rule, which root alone may read. */
const filter =
	(rules: string): MachineCommand =>
	(args, {session}) => {
		if (args.includes('-V')) return ok('iptables v1.8.9 (nf_tables)\n');
		return session.account.uid === 0
			? ok(rules)
			: fail(
					'iptables v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)',
					4,
				);
	};

export const systemCommands: Commands = {
	uname,
	df,
	ss,
	ip,
	systemctl,
	iptables: filter('-P OUTPUT ACCEPT\n'),
	'iptables-save': filter(''),
	hostname: (args, {machine}) => ok(args.includes('-I') ? `${machine.address} \n` : `${machine.hostname}\n`),
	nproc: () => ok('2\n'),
	sync: () => ok(),
};
