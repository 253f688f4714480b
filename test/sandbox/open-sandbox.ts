import {execFile} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type Sandbox, startSandbox} from '../../source/sandbox/sandbox.ts';
import {openApi} from '../helpers/open-api.ts';

export type Ended = {readonly code: number; readonly stdout: string; readonly stderr: string};

/** A sandbox in a folder of its own, by default at no pace, with what a test asks of it from outside. */
export async function openSandbox({pace = 0} = {}) {
	const directory = mkdtempSync(join(tmpdir(), 'meshboard-sandbox-'));
	const sandbox: Sandbox = await startSandbox({directory, pace});
	const {access, api} = openApi(sandbox.kubeconfig);
	const get = async (path: string) => JSON.parse((await api(path)).body);
	const sshPort = async (name: string, namespace: string): Promise<number> => {
		const entry = await get(`/apis/networking.istio.io/v1/namespaces/${namespace}/workloadentries/${name}`);
		return Number(entry.metadata.annotations['sidecar-bootstrap.istio.io/ssh-port']);
	};
	const kubectl = (args: readonly string[], stdin = '') =>
		run('kubectl', ['--kubeconfig', sandbox.kubeconfig, ...args], stdin);
	/** OpenSSH's client, as a person would use it. */
	const ssh = async (name: string, namespace: string, user: string, command: string, stdin = '') =>
		run(
			'ssh',
			[
				...['-F', 'none', '-i', join(directory, 'id_ed25519'), '-p', String(await sshPort(name, namespace))],
				...['-o', `UserKnownHostsFile=${join(directory, 'known_hosts')}`, '-o', 'StrictHostKeyChecking=accept-new'],
				...['-o', 'BatchMode=yes', '-o', 'LogLevel=ERROR', `${user}@127.0.0.1`, command],
			],
			stdin,
		);
	return {
		...sandbox,
		profile: {...sandbox.profile, sshKey: join(directory, 'id_ed25519')},
		directory,
		access,
		api,
		get,
		sshPort,
		kubectl,
		ssh,
		async close() {
			await sandbox.close();
			rmSync(directory, {recursive: true, force: true});
		},
	};
}

function run(program: string, args: readonly string[], stdin: string): Promise<Ended> {
	return new Promise((resolve) => {
		const child = execFile(program, [...args], {timeout: 15_000}, (error, stdout, stderr) =>
			resolve({code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr}),
		);
		child.stdin?.end(stdin);
	});
}
