import {kubectl, vm} from './harness.ts';

/** What a proxy's container on a VM of the lab is made of. */
export type ProxyContainer = {
	readonly hosts: readonly string[];
	readonly mounts: readonly string[];
	/** All variables, those of the image too. */
	readonly environment: Readonly<Record<string, string>>;
	readonly image: string;
	readonly command: readonly string[];
	/** Further options of `docker run`. */
	readonly options: readonly string[];
};

type Inspection = {
	readonly Config: {readonly Image: string; readonly Cmd: readonly string[]; readonly Env: readonly string[]};
	readonly HostConfig: {readonly ExtraHosts: readonly string[] | null; readonly Binds: readonly string[] | null};
};

/** Reads what runs there. */
export async function readContainer(name: string): Promise<ProxyContainer> {
	const inspected = await vm.exec(name, 'docker', 'container', 'inspect', 'istio-proxy');
	const [{Config, HostConfig}] = JSON.parse(inspected) as [Inspection];
	return {
		hosts: HostConfig.ExtraHosts ?? [],
		mounts: HostConfig.Binds ?? [],
		environment: Object.fromEntries(
			Config.Env.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
		),
		image: Config.Image,
		command: Config.Cmd,
		options: [],
	};
}

/** Runs one like it on a VM, in the place of the one that is there. */
export async function runContainer(name: string, container: ProxyContainer): Promise<void> {
	const {hosts, mounts, environment, image, command, options} = container;
	await vm.exec(name, 'docker', 'rm', '-f', 'istio-proxy');
	const run = ['docker', 'run', '-d', '--name', 'istio-proxy', '--network', 'host', '--restart', 'unless-stopped'];
	await vm.exec(
		name,
		...run,
		...hosts.flatMap((host) => ['--add-host', host]),
		...mounts.flatMap((mount) => ['-v', mount]),
		...Object.entries(environment).flatMap(([key, value]) => ['-e', `${key}=${value}`]),
		...[...options, image, ...command],
	);
}

/** Another container like the one that is there: without a certificate, as after a night in which its own has ended. */
export async function startAnew(name: string): Promise<void> {
	await runContainer(name, await readContainer(name));
}

/** Another token, and no certificate, so that it counts. */
export async function giveToken(name: string, token: string, directory = '/etc/istio-proxy'): Promise<void> {
	await vm.exec(name, 'sh', '-c', `cat >${directory}/istio-token <<'END'\n${token}\nEND`);
	await startAnew(name);
}

/** The same with a token for another audience than the mesh, of the VM's account and namespace of one name; that token. */
export async function giveForeignToken(name: string, directory?: string): Promise<string> {
	const token = await kubectl(`-n ${name} create token ${name} --audience somebody-else`);
	await giveToken(name, token, directory);
	return token;
}
