import {addGroup, groupNamed} from '../accounts.ts';
import {type Commands, fail, type Io, type MachineCommand, ok, parseOptions, type Result} from '../command.ts';
import {file, root} from '../file-tree.ts';

type Package = {readonly version: string; readonly kilobytes: number; readonly needs: readonly string[]};

/** What the sandbox's mirror of Debian 12 holds, besides what is installed from the beginning. */
const mirror: Readonly<Record<string, Package>> = {
	'docker.io': {
		version: '20.10.24+dfsg1-1+deb12u1+b2',
		kilobytes: 36_200,
		needs: ['containerd', 'runc', 'iptables', 'libnl-3-200', 'tini'],
	},
	containerd: {version: '1.6.20~ds1-1+deb12u1', kilobytes: 25_900, needs: ['runc']},
	iptables: {version: '1.8.9-2', kilobytes: 360, needs: []},
	'libnl-3-200': {version: '3.7.0-0.2+b1', kilobytes: 63, needs: []},
	runc: {version: '1.1.5+ds1-1+deb12u1', kilobytes: 2_710, needs: []},
	tini: {version: '0.19.0-1', kilobytes: 255, needs: []},
};

const base = 'https://deb.debian.org/debian bookworm';
const pause = 60;

/** Prints line after line, as fast as a quick mirror would give them. */
async function say(io: Io, lines: readonly string[]): Promise<void> {
	for (const line of lines) {
		if (io.signal?.aborted) return;
		io.print(`${line}\n`);
		await io.machine.timers.show(pause, io.signal);
	}
}

const aptGet: MachineCommand = async (args, io) => {
	const options = parseOptions(args, ['-o', '--option', '-t']);
	const [verb = '', ...names] = options.rest.filter((word) => !word.startsWith('-'));
	if (io.session.account.uid !== 0)
		return fail(
			'E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?',
			100,
		);
	if (verb === 'update') {
		await say(io, [
			`Hit:1 ${base} InRelease`,
			`Get:2 ${base}-updates InRelease [55.4 kB]`,
			`Get:3 ${base}-security InRelease [48.0 kB]`,
			'Fetched 103 kB in 0s (598 kB/s)',
			'Reading package lists... Done',
		]);
		return ok();
	}
	if (verb === 'install') return install(names, io);
	if (verb === 'remove' || verb === 'purge') {
		if (options.has('-s'))
			return ok(names.map((name) => `Purg ${name} [${io.machine.packages.get(name) ?? ''}]\n`).join(''));
		for (const name of names) io.machine.packages.delete(name);
		if (names.includes('docker.io')) removeDocker(io.machine);
		await say(io, ['Reading package lists... Done', ...names.map((name) => `Removing ${name} ...`)]);
		return ok();
	}
	return fail(`E: Invalid operation ${verb}`, 100);
};

async function install(names: readonly string[], io: Io): Promise<Result> {
	const {packages} = io.machine;
	await say(io, ['Reading package lists...', 'Building dependency tree...', 'Reading state information...']);
	const unknown = names.find((name) => mirror[name] === undefined && !packages.has(name));
	if (unknown !== undefined) return fail(`E: Unable to locate package ${unknown}`, 100);
	const fresh = [...new Set(names.flatMap((name) => [...(mirror[name]?.needs ?? []), name]))]
		.filter((name) => !packages.has(name))
		.sort();
	if (fresh.length === 0) {
		await say(
			io,
			names.map((name) => `${name} is already the newest version (${packages.get(name) ?? ''}).`),
		);
		return ok('0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n');
	}
	const size = fresh.reduce((sum, name) => sum + (mirror[name]?.kilobytes ?? 0), 0);
	await say(io, [
		'The following NEW packages will be installed:',
		`  ${fresh.join(' ')}`,
		`0 upgraded, ${fresh.length} newly installed, 0 to remove and 0 not upgraded.`,
		`Need to get ${(size / 1000).toFixed(1)} MB of archives.`,
		`After this operation, ${Math.round(size / 260)} MB of additional disk space will be used.`,
		...fresh.map(
			(name, index) =>
				`Get:${index + 1} ${base}/main amd64 ${name} amd64 ${mirror[name]?.version ?? ''} [${mirror[name]?.kilobytes ?? 0} kB]`,
		),
		`Fetched ${(size / 1000).toFixed(1)} MB in 1s (${(size / 1000).toFixed(1)} MB/s)`,
		...fresh.flatMap((name) => [
			`Selecting previously unselected package ${name}.`,
			`Unpacking ${name} (${mirror[name]?.version ?? ''}) ...`,
		]),
		...fresh.map((name) => `Setting up ${name} (${mirror[name]?.version ?? ''}) ...`),
	]);
	if (io.signal?.aborted) return fail('', 130);
	for (const name of fresh) packages.set(name, mirror[name]?.version ?? '');
	if (fresh.includes('docker.io')) await setUpDocker(io);
	await say(io, ['Processing triggers for libc-bin (2.36-9+deb12u13) ...']);
	return ok();
}

/** What the package's postinst does: the group, the service, which Debian starts at once. */
async function setUpDocker(io: Io): Promise<void> {
	const {tree, services} = io.machine;
	if (groupNamed(tree, 'docker') === undefined) {
		addGroup(tree, 'docker', {system: true});
		await say(io, ["Adding group `docker' (GID 998) ...", 'Done.']);
	}
	installDocker(io.machine);
	services.set('docker', {active: true, enabled: true});
	await say(io, [
		'Created symlink /etc/systemd/system/multi-user.target.wants/docker.service → /lib/systemd/system/docker.service.',
	]);
}

/** Puts Docker's client and directory where the package has them. */
export function installDocker({tree}: Pick<Io['machine'], 'tree'>): void {
	if (tree.look('/usr/bin/docker', root) === undefined)
		tree.place('/usr/bin/docker', file(0o755, root, Buffer.alloc(0)), root, 'open');
	tree.makeDirectory('/var/lib/docker', root, {umask: 0o067, parents: true});
}

/** What the package's prerm and postrm do when it is purged. */
function removeDocker({tree, services}: Io['machine']): void {
	services.delete('docker');
	for (const path of ['/usr/bin/docker', '/var/lib/docker'])
		if (tree.look(path, root) !== undefined) tree.remove(path, root, {recursive: true});
}

const aptCache: MachineCommand = (args, {machine: {packages}}) => {
	const [verb, ...names] = args.filter((arg) => !arg.startsWith('-'));
	if (verb !== 'policy') return fail(`E: Invalid operation ${verb ?? ''}`, 100);
	return ok(
		names
			.filter((name) => mirror[name] !== undefined || packages.has(name))
			.map((name) => {
				const candidate = mirror[name]?.version ?? packages.get(name) ?? '(none)';
				return `${name}:\n  Installed: ${packages.get(name) ?? '(none)'}\n  Candidate: ${candidate}\n  Version table:\n     ${candidate} 500\n        500 ${base}/main amd64 Packages\n`;
			})
			.join(''),
	);
};

const dpkg: MachineCommand = (args, {machine: {packages}}) => {
	const options = parseOptions(args);
	if (options.has('--audit', '--configure', '-C')) return ok();
	if (options.has('--print-architecture')) return ok('amd64\n');
	if (options.has('-s', '--status', '-l', '--list')) {
		const missing = options.rest.find((name) => !packages.has(name));
		if (missing !== undefined)
			return fail(`dpkg-query: package '${missing}' is not installed and no information is available`);
		return ok(
			options.rest
				.map((name) => `Package: ${name}\nStatus: install ok installed\nVersion: ${packages.get(name) ?? ''}\n`)
				.join('\n'),
		);
	}
	return fail('dpkg: error: need an action option', 2);
};

const dpkgQuery: MachineCommand = (args, {machine: {packages}}) => {
	const options = parseOptions(args, ['-f', '--showformat']);
	const format = options.value('-f', '--showformat');
	const [name] = options.rest;
	if (name !== undefined && !packages.has(name)) return fail(`dpkg-query: no packages found matching ${name}`);
	const lines = [...packages].flatMap(([Package, Version]) => {
		if (name !== undefined && Package !== name) return [];
		if (format === undefined) return [`${Package}\t${Version}\n`];
		const fields: Readonly<Record<string, string>> = {
			...{Package, Version, Status: 'install ok installed', 'db:Status-Abbrev': 'ii '},
		};
		return [format.replace(/\$\{([\w:-]+)\}/g, (_, field: string) => fields[field] ?? '').replaceAll('\\n', '\n')];
	});
	return ok(lines.join(''));
};

/** Debian's package manager, with a mirror that holds Docker. */
export const packageCommands: Commands = {
	'apt-get': aptGet,
	'apt-cache': aptCache,
	'apt-mark': () => ok(),
	dpkg,
	'dpkg-query': dpkgQuery,
};
