import {execFileSync, spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from 'vitest';
import {directorySetup} from '../../source/vm/probe.ts';
import {lackOfRoom, parseRoom, type Room, roomSection} from '../../source/vm/room.ts';
import {parseSections, probeScript} from '../../source/vm/sections.ts';

/* What a machine says of its room: this one's, with file systems that are full, read-only, or out of inodes. */

const folder = mkdtempSync(join(tmpdir(), 'meshboard-room-'));
const mounted: string[] = [];
afterAll(() => {
	for (const path of mounted) execFileSync('umount', [path]);
	rmSync(folder, {recursive: true, force: true});
});

/** A file system of its own, where root runs the tests. */
function mount(name: string, ...options: readonly string[]): string | undefined {
	const path = join(folder, name);
	mkdirSync(path);
	if (spawnSync('mount', ['-t', 'tmpfs', '-o', options.join(','), 'tmpfs', path]).status !== 0) return undefined;
	mounted.push(path);
	return path;
}

const small = mount('small', 'size=64k');
const few = mount('few', 'size=64m', 'nr_inodes=2');
const readOnly = mount('read-only', 'ro');
const why = small === undefined ? ' (skipped: no tmpfs may be mounted)' : '';
if (few !== undefined) writeFileSync(join(few, 'last'), '');

function roomsFor(configDir: string): readonly Room[] {
	const script = probeScript(`home=/home/me; ${directorySetup(configDir)}`, [roomSection]);
	return parseRoom(parseSections(execFileSync('/bin/sh', ['-c', script], {encoding: 'utf8'})).get('room'));
}

describe(`a machine tells of its room${why}`, () => {
	test.skipIf(small === undefined)('in each place where preparation writes', () => {
		const rooms = roomsFor('/etc/istio-proxy');
		const told = rooms.map(({place, path}) => `${place} ${path}`);
		// A machine may have a disk of its own for images.
		expect(told.filter((each) => !each.startsWith('data /var/lib/'))).toEqual([
			'system /usr',
			'data /var',
			'settings /etc',
			'directory /etc',
			'homes /home',
			'temporary /tmp',
		]);
		for (const {writable, freeKib} of rooms)
			expect({writable, free: (freeKib ?? 0) > 0}).toEqual({writable: true, free: true});
	});

	test.skipIf(small === undefined).each([
		['that is too small', small, /^0 MiB free in \S+small, of 1 MiB needed$/],
		['without a free inode', few, /^no free inode in \S+few$/],
		['that is read-only, also for root', readOnly, /^\S+read-only is mounted read-only$/],
	])('on a file system %s', (_, path, lack) => {
		const rooms = roomsFor(`${path}/istio-proxy`);
		expect(lackOfRoom(rooms, {directory: 1024})).toMatch(lack);
		expect(lackOfRoom(rooms, {settings: 1024})).toBeUndefined();
	});
});

test('of what is not told nothing is said', () => {
	expect(parseRoom(undefined)).toEqual([]);
	const untold = parseRoom({code: 0, lines: ['system yes /usr', 'df: not found', 'data no /var']});
	expect(lackOfRoom(untold, {system: 512, homes: 1})).toBeUndefined();
	expect(lackOfRoom(untold, {system: 512, data: 512})).toBe('/var is mounted read-only');
});
