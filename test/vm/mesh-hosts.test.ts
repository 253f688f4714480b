import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, test} from 'vitest';
import {writeMeshHosts} from '../../source/vm/mesh-hosts.ts';

/* The command itself, by the shell of this machine, on a file in the place of /etc/hosts. */

const folder = mkdtempSync(join(tmpdir(), 'mesh-hosts-'));
afterAll(() => rmSync(folder, {recursive: true, force: true}));
const file = join(folder, 'hosts');

function run(...names: Parameters<typeof writeMeshHosts>[0]) {
	execFileSync('sh', ['-c', writeMeshHosts(names).replaceAll('/etc/', `${folder}/`)]);
	return readFileSync(file, 'utf8');
}

const reviews = {name: 'reviews.bookinfo.svc.cluster.local', bind: '127.0.0.2'};
const line = '127.0.0.2 reviews.bookinfo.svc.cluster.local # meshboard: a name of the mesh, to the proxy\n';

test('ours come first, once, and what others wrote stays', () => {
	writeFileSync(file, '127.0.0.1 localhost\n10.0.0.1 reviews.bookinfo.svc.cluster.local');
	const others = '127.0.0.1 localhost\n10.0.0.1 reviews.bookinfo.svc.cluster.local\n';
	expect(run(reviews)).toBe(line + others);
	expect(run(reviews)).toBe(line + others);
	expect(run()).toBe(others);
});

test('what is no name or no address is left out', () => {
	writeFileSync(file, '127.0.0.1 localhost\n');
	expect(
		run(
			{name: "x'; touch y; '", bind: '127.0.0.2'},
			{name: 'a.b', bind: '$(id)'},
			{name: '*.b', bind: '127.0.0.2'},
			reviews,
		),
	).toBe(`${line}127.0.0.1 localhost\n`);
});
