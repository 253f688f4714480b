import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Profile} from '../../source/ports.ts';
import {expectManners, readTold} from '../helpers/told.ts';
import {entries, namespace, objectsOf, pendingGateway, pendingIstio, rights} from './faulty-objects.ts';
import {apply, closeNamespace, kubectl, type Meshboard, newMeshboard, openNamespace, vm} from './harness.ts';

/*
 * What goes wrong in the field, one case each: the program names the cause by its id, says what to do next, ends with the
 * right exit code, and leaves the VM as it was. `raw` is a VM as it comes, `ready` one that is prepared and has no proxy.
 */

export const raw = 'faults-raw';
export const ready = 'faults-ready';
export const address = {raw: '', ready: ''};
export const root = join(import.meta.dirname, '..', '..');

beforeAll(async () => {
	[address.raw, address.ready] = await Promise.all([vm.up(raw), vm.up(ready), openNamespace(namespace)]);
	const objects = Object.entries(entries).flatMap(([name, change]) => objectsOf(name, address, change));
	await apply([...objects, ...rights, ...(await pendingGateway())]);
	await Promise.all([
		// Sudo itself leaves `.sudo_as_admin_successful` at an account's first use, which a machine in service has behind it.
		...[raw, ready].map((name) => vm.exec(name, 'su', 'admin', '-c', 'sudo -n true')),
		vm.app(raw, 9099, '0.0.0.0'),
		vm.block(raw, 'in', 2222),
		vm.app(ready, 9081, '0.0.0.0'),
		vm.block(ready, 'in', 9082),
		mountSmall('/mnt/full', 'size=64k'),
		// Enough room, and inodes for two files only.
		mountSmall('/mnt/few', 'size=300m,nr_inodes=3'),
	]);
});

afterAll(async () => {
	for (const home of homes) home.remove();
	await Promise.all([
		vm.down(raw),
		vm.down(ready),
		closeNamespace(namespace),
		closeNamespace(pendingIstio),
		kubectl('-n istio-system delete role,rolebinding faults-tenant --ignore-not-found'),
		kubectl('delete clusterrole,clusterrolebinding faults-tenant --ignore-not-found'),
	]);
});

const mountSmall = (path: string, size: string) =>
	vm.exec(ready, 'sh', '-c', `mkdir ${path} && mount -t tmpfs -o ${size},mode=1777 tmpfs ${path}`);

const homes: Meshboard[] = [];

/** The program with a home of its own, which goes with the tests. */
export function newHome(profile?: Profile): Meshboard {
	const home = newMeshboard(profile);
	homes.push(home);
	return home;
}

export type Case = {
	readonly title: string;
	/** Name of the entry, in the namespace of these tests. */
	readonly entry: string;
	readonly words?: readonly string[];
	readonly profile?: Profile;
	/** Called with the home of the program before it is run; may add words. */
	readonly before?: (meshboard: Meshboard) => readonly string[] | Promise<readonly string[]>;
	readonly id: string;
	readonly code: number;
	/** What the sentence, or its evidence, must say. */
	readonly says: RegExp;
	readonly next: RegExp;
};

/** Runs the program on one entry; `told` is what a person reads of its faults. */
export async function onboard({
	entry,
	words = [],
	profile = {},
	before,
}: Omit<Case, 'title' | 'id' | 'code' | 'says' | 'next'>) {
	const home = newHome({timeout: 30, ...profile});
	const more = (await before?.(home)) ?? [];
	const result = await home.run(['onboard', `${entry}.${namespace}`, '--yes', ...words, ...more], {seconds: 60});
	return {...result, told: readTold(result)};
}

export function expectTold(result: Awaited<ReturnType<typeof onboard>>, {id, code, says, next}: Case): void {
	const whole = `${result.stdout}\n${result.stderr}`;
	expectManners(result);
	const [first] = result.told;
	expect(first?.id, whole).toBe(id);
	expect(first?.text).toMatch(says);
	expect(first?.next).toMatch(next);
	// A next step that still has a gap to fill is none.
	expect(first?.next).not.toMatch(/<(dir|c|we|ns|user|port|gw|i|host|key|image|hub|name)>/);
	expect(result.code, whole).toBe(code);
}

/** All of a VM that a run may change: files with owner, mode, size and time, accounts, containers, images. */
const stateOf = (name: string) =>
	vm.exec(
		name,
		'sh',
		'-c',
		`find /etc /home /root /tmp /mnt /opt /srv /usr/local /var/tmp /var/lib/dpkg -printf '%p %y %m %u %g %s %T@\\n' | grep -v /tmp/systemd-private | sort
		if command -v docker >/dev/null && docker version >/dev/null 2>&1; then docker ps -a --no-trunc; docker images --no-trunc; fi`,
	);

/** What Docker itself tells of time changes by the second. */
const steady = (state: string) =>
	state.replaceAll(/(About|Up|Less than)? ?(an?|\d+) (second|minute|hour)s?( ago)?/g, '');

export async function leavesAlone(name: string, work: () => Promise<void>): Promise<void> {
	const before = await stateOf(name);
	await work();
	expect(steady(await stateOf(name))).toBe(steady(before));
}

const machineOf = ({entry}: Pick<Case, 'entry'>) => (entries[entry]?.on === 'raw' ? raw : ready);

export function tableTests(cases: readonly Case[]): void {
	test.concurrent.each(cases)('$title → $id, $code', proves);
}

/** The same for runs that get as far as a VM, which one run at a time holds. */
export function testsInTurn(cases: readonly Case[]): void {
	test.each(cases)('$title → $id, $code', proves);
}

async function proves(each: Case): Promise<void> {
	await leavesAlone(machineOf(each), async () => expectTold(await onboard(each), each));
}
