import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {connect, createServer} from 'node:net';
import {tmpdir, userInfo} from 'node:os';
import {join} from 'node:path';
import {afterAll} from 'vitest';

const program = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'].find((path) => existsSync(path));

/** Why tests against a real sshd cannot run here, for their names; undefined: they can. */
export const noSshd =
	program === undefined ? 'skipped: no OpenSSH server here (Debian: apt-get install openssh-server)' : undefined;

export type KeyKind = 'ed25519' | 'rsa' | 'ecdsa';

/** A private key file that ssh-keygen made. */
export type TestKey = {readonly path: string; readonly publicLine: string; readonly fingerprint: string};

/** A real sshd on 127.0.0.1 with host keys of its own, for the user who runs the tests; no PAM. */
export type Sshd = {
	readonly host: string;
	readonly port: number;
	readonly user: string;
	readonly folder: string;
	readonly hostKeys: Readonly<Partial<Record<KeyKind, TestKey>>>;
	/** What it wrote so far (LogLevel VERBOSE). */
	log(): string;
	stop(): Promise<void>;
};

const folders: string[] = [];
const running = new Set<ChildProcess>();
// Also after a test that failed before it could stop its server.
afterAll(() => {
	for (const child of running) child.kill();
	for (const folder of folders.splice(0)) rmSync(folder, {recursive: true, force: true});
});

/** An empty folder under the system's temporary one, removed after the tests of the file. */
export function temporaryFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), 'meshboard-ssh-'));
	folders.push(folder);
	return folder;
}

/** Makes a key; a passphrase encrypts it. `format` PEM is the older one. */
export function makeKey(
	path: string,
	kind: KeyKind = 'ed25519',
	options: {passphrase?: string; format?: 'PEM'} = {},
): TestKey {
	const {passphrase = '', format} = options;
	const bits = kind === 'rsa' ? ['-b', '2048'] : [];
	const old = format === undefined ? [] : ['-m', format];
	execFileSync('ssh-keygen', ['-q', '-t', kind, ...bits, ...old, '-N', passphrase, '-C', `${kind} test`, '-f', path]);
	return {path, ...describe(path)};
}

function describe(path: string) {
	const fingerprint = execFileSync('ssh-keygen', ['-lf', `${path}.pub`], {encoding: 'utf8'}).split(' ')[1] ?? '';
	return {publicLine: readFileSync(`${path}.pub`, 'utf8').trim(), fingerprint};
}

/** Starts it; `config` lines come first, so that they win over the helper's own. */
export async function startSshd(options: {
	readonly authorized: readonly string[];
	readonly config?: readonly string[];
	readonly hostKeyKinds?: readonly KeyKind[];
	readonly port?: number;
}): Promise<Sshd> {
	if (program === undefined) throw new Error(noSshd);
	const folder = temporaryFolder();
	const user = userInfo().username;
	const port = options.port ?? (await freePort());
	const hostKeys = Object.fromEntries(
		(options.hostKeyKinds ?? ['ed25519']).map((kind) => [kind, makeKey(join(folder, `host_${kind}`), kind)]),
	);
	writeFileSync(join(folder, 'authorized_keys'), `${options.authorized.join('\n')}\n`, {mode: 0o600});
	const config = [
		...(options.config ?? []),
		'ListenAddress 127.0.0.1',
		`Port ${port}`,
		...Object.values(hostKeys).map(({path}) => `HostKey ${path}`),
		`AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
		`PidFile ${join(folder, 'pid')}`,
		'UsePAM no',
		'StrictModes no',
		'PermitRootLogin yes',
		'PasswordAuthentication no',
		'KbdInteractiveAuthentication no',
		'PrintMotd no',
		'PrintLastLog no',
		'UseDNS no',
		'MaxStartups 100',
		'LogLevel VERBOSE',
	];
	writeFileSync(join(folder, 'sshd_config'), `${config.join('\n')}\n`);
	if (userInfo().uid === 0) mkdirSync('/run/sshd', {recursive: true});
	const child = spawn(program, ['-D', '-e', '-f', join(folder, 'sshd_config')], {stdio: ['ignore', 'ignore', 'pipe']});
	running.add(child);
	child.once('exit', () => running.delete(child));
	let log = '';
	child.stderr.on('data', (chunk: Buffer) => {
		log += chunk.toString();
	});
	const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
	await Promise.race([
		listening(port),
		exited.then(() => {
			throw new Error(`sshd ended at once: ${log}`);
		}),
	]);
	return {
		host: '127.0.0.1',
		port,
		user,
		folder,
		hostKeys,
		log: () => log,
		stop: async () => {
			child.kill();
			await exited;
			rmSync(folder, {recursive: true, force: true});
		},
	};
}

/** A port that nothing listens on. */
export function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const address = server.address();
			server.close(() =>
				typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
			);
		});
	});
}

async function listening(port: number): Promise<void> {
	for (let attempt = 0; attempt < 200; attempt++) {
		const open = await new Promise<boolean>((resolve) => {
			const socket = connect(port, '127.0.0.1');
			socket.once('connect', () => resolve(true));
			socket.once('error', () => resolve(false));
			socket.once('close', () => socket.destroy());
			socket.once('connect', () => socket.end());
		});
		if (open) return;
		await new Promise((resolve) => setTimeout(resolve, 25));
	}
	throw new Error(`nothing listens on port ${port} after 5 s`);
}
