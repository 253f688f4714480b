import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {load} from 'js-yaml';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {asRecord} from '../../source/mesh/untyped.ts';
import {type Pty, startPty} from '../helpers/pty.ts';
import {closeNamespace, kubectl, type Meshboard, newMeshboard, openNamespace, vm} from './harness.ts';

/* A VM's entry, Sidecar and Service typed into the create screen of the built program, against the real API server and its webhooks. */

const namespace = 'create-screen';
const name = 'create-s';
const ip = '10.128.0.206';
const program = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');
const keys = {check: '\x13', choose: '\x0e', file: '\x0f', askVm: '\x12', clear: '\x15', next: '\t'} as const;

let meshboard: Meshboard;
let board: Pty;

beforeAll(async () => {
	meshboard = newMeshboard({namespaces: [namespace]});
	await Promise.all([openNamespace(namespace), vm.up(name, {ip})]);
	await vm.app(name);
	await kubectl(`-n ${namespace} create serviceaccount ${name}`);
	const env = {KUBECONFIG: undefined, SSH_AUTH_SOCK: undefined, SSH_CONNECTION: undefined, ...meshboard.env};
	board = startPty(process.execPath, [program], {columns: 120, rows: 50, cwd: meshboard.home, env});
});

afterAll(async () => {
	await board.close();
	meshboard.remove();
	await vm.down(name);
	await closeNamespace(namespace);
});

/**
 * Has the form checked by the server, written to a file and applied. What kubectl then reads is what the file says, value for value, and
 * the file would change nothing. Returns what it says.
 */
async function make(kind: 'workloadentry' | 'sidecar' | 'service', called = name) {
	await board.waitFor('can be checked', 20_000);
	board.type(keys.check);
	await board.waitFor(`${kind}/${namespace}/${called}  would be created`, 20_000);
	board.type(keys.file);
	await board.waitFor(`${kind}-${namespace}-${called}.yaml written.`);
	board.type('y');
	await board.waitFor(`${kind}/${namespace}/${called} created`, 20_000);
	const file = join(meshboard.home, `${kind}-${namespace}-${called}.yaml`);
	const written = asRecord(load(readFileSync(file, 'utf8')));
	expect(JSON.parse(await kubectl(`-n ${namespace} get ${kind} ${called} -o json`))).toMatchObject(written);
	expect(await kubectl(`diff --server-side --force-conflicts -f ${file}`)).toBe('');
	return written;
}

test('an entry whose VM is asked, its Service and its Sidecar are what kubectl then reads', async () => {
	await board.waitFor('live', 30_000);
	board.type('c');
	await board.waitFor('What is made?');
	board.type('\r');
	await board.waitFor('What is the name of the entry?');
	board.type(`${name}${keys.next.repeat(2)}`);
	await board.waitFor('Which address do pods use to reach the VM?');
	board.type(`${ip}${keys.askVm}`);
	await board.waitFor(new RegExp(`Filled in .*: admin@${ip.replaceAll('.', '\\.')}`), 20_000);
	board.type(keys.next.repeat(8));
	await board.waitFor('In which network is the VM?');
	board.type(`vm-net${keys.next}`);
	await board.waitFor(/ctrl\+n chooses: .*create-s/);
	board.type(keys.choose);
	await board.waitFor('service-account: one of these');
	board.type('\r');
	await board.waitFor(/service-account +create-s/);
	// Words that YAML would take for something else than text.
	board.type(`\tyes\t${keys.clear}1.10\t\ton=off,octal=0o7,date=2001-01-01`);
	await board.waitFor('octal=0o7');
	expect(await make('workloadentry')).toMatchObject({
		spec: {
			address: ip,
			network: 'vm-net',
			serviceAccount: name,
			labels: {app: 'yes', version: '1.10', class: 'vm', on: 'off', octal: '0o7', date: '2001-01-01'},
		},
	});
	await board.waitFor(new RegExp(`▸ .*${name}`));

	board.type('cjj\r');
	// Named as the application, which is a word that YAML would take for true.
	expect(await make('service', 'yes')).toMatchObject({
		spec: {selector: {app: 'yes'}, ports: [{port: 9080, targetPort: 9080}]},
	});

	board.type('cj\r');
	await board.waitFor(/ingress +http=9080/, 20_000);
	expect(await make('sidecar')).toMatchObject({
		spec: {
			workloadSelector: {labels: {app: 'yes', class: 'vm'}},
			ingress: [{port: {number: 9080}, defaultEndpoint: '127.0.0.1:9080'}],
			egress: [{bind: '127.0.0.2'}],
		},
	});

	board.type('q');
	expect((await board.exited).exitCode).toBe(0);
});
