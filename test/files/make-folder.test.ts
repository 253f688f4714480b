import {existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, test} from 'vitest';
import {makeFolder} from '../../source/make-folder.ts';

const home = mkdtempSync(join(tmpdir(), 'meshboard-folder-'));
afterAll(() => rmSync(home, {recursive: true, force: true}));

test('a folder is made with those above it, once, and the topmost of them told', () => {
	expect(makeFolder(join(home, 'a', 'b', 'c'), 0o700)).toBe(join(home, 'a'));
	expect(statSync(join(home, 'a', 'b')).mode & 0o777).toBe(0o700);
	expect(makeFolder(join(home, 'a', 'b'))).toBeUndefined();
});

test('what is in the way is told, and nothing is left', () => {
	writeFileSync(join(home, 'file'), '');
	symlinkSync(join(home, 'nowhere'), join(home, 'link'));
	expect(() => makeFolder(join(home, 'file'))).toThrow('EEXIST');
	expect(() => makeFolder(join(home, 'file', 'folder'))).toThrow('ENOTDIR');
	expect(() => makeFolder(join(home, 'link'))).toThrow('EEXIST');
	expect(() => makeFolder(join(home, 'new', 'x'.repeat(300)))).toThrow('ENAMETOOLONG');
	expect(existsSync(join(home, 'new'))).toBe(false);
});

test.skipIf(!existsSync('/proc/self'))('under /proc, where no folder can be made, that has an end', () => {
	expect(() => makeFolder('/proc/meshboard/runs')).toThrow('ENOENT');
});
