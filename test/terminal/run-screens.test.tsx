import {afterEach, describe, expect, it} from 'vitest';
import {UserError} from '../../source/errors.ts';
import type {Size} from '../helpers/screen.ts';
import {type Shown, show} from '../helpers/show.tsx';
import {createFakeSession, type FakeOptions} from './fake-session.ts';

const small: Size = {columns: 80, rows: 24};
let shown: Shown | undefined;
afterEach(() => {
	shown?.close();
	shown = undefined;
});

async function start(size: Size, options: FakeOptions = {}, more: Parameters<typeof show>[2] = {}): Promise<Shown> {
	shown = await show(size, createFakeSession(options), more);
	return shown;
}

describe('onboarding', () => {
	it('shows where values come from and the exact commands, and starts only when confirmed', async () => {
		const {screen, session, type, waitFor} = await start({columns: 120, rows: 40});
		await waitFor('details-vm');
		await type('o');
		await waitFor('$ docker pull docker.io/istio/proxyv2:1.31.0');
		expect(screen.text()).toMatch(/SSH host\s+10\.128\.0\.2 {2}\(entry/);
		await type('p');
		await waitFor('prepare yes');
		await waitFor('admin user');
		expect(session.calls).toEqual([]);
		await type('\r');
		expect(session.calls).toEqual(['start details-vm.bookinfo']);
		await waitFor('1 running');
	});

	it('tells why there is no plan', async () => {
		const planFault = new UserError({
			code: 'cluster.forbidden',
			message: 'You may not read Services.',
			exitCode: 77,
			hint: 'Ask for the role view.',
		});
		const {type, waitFor} = await start(small, {planFault});
		await waitFor('details-vm');
		await type('o');
		await waitFor(/cluster\.forbidden.*You may not read Services\..*Ask for the role view\./s);
		await type('\r');
		await waitFor('There is no plan: esc goes back.');
	});

	it('does nothing in read-only mode and says so', async () => {
		const {screen, session, type, waitFor} = await start(small, {}, {readOnly: true});
		await waitFor('details-vm');
		expect(screen.lines()[0]).toContain('read-only');
		await type('o');
		await waitFor('can be onboarded');
		await type('y');
		await waitFor('Read-only: nothing on VMs or the cluster is changed');
		expect(session.calls).toEqual([]);
	});

	it('checks VMs, also in read-only mode, since that changes nothing', async () => {
		const {screen, session, type, waitFor} = await start(small, {}, {readOnly: true});
		await waitFor('details-vm');
		await type('m');
		await waitFor('Firewall matrix');
		expect(screen.lines()[0]).toContain('read-only');
		expect(session.calls).toEqual(['start details-vm.bookinfo']);
	});

	it('shows a failed step with its cause and remedy, and tries it again', async () => {
		const {session, type, waitFor} = await start(small, {failing: ['details-vm.bookinfo']});
		await waitFor('details-vm');
		await type('o');
		await waitFor('can be onboarded');
		await type('\r');
		while (session.step());
		await waitFor(/✗ failed\s+details-vm\.bookinfo .* 4\/6/);
		await type('\r');
		await waitFor('vm.disk-unwritable');
		await type('r');
		while (session.step());
		await waitFor('● done');
		expect(session.calls).toEqual(['start details-vm.bookinfo', 'retry details-vm.bookinfo']);
	});

	it('skips a step only with a reason', async () => {
		const {session, type, waitFor} = await start(small, {failing: ['details-vm.bookinfo']});
		await waitFor('details-vm');
		await type('o');
		await waitFor('can be onboarded');
		await type('\r');
		await type('s');
		await waitFor('is still under way');
		while (session.step());
		await waitFor('✗ failed');
		await type('s');
		await type('\r');
		await waitFor('A reason is needed');
		await type('image is there already\r');
		expect(session.calls.at(-1)).toBe('skip details-vm.bookinfo: image is there already');
	});

	it('cancels only after a question whose default is no', async () => {
		const {session, type, waitFor} = await start(small);
		await waitFor('details-vm');
		await type(' ');
		await type(' ');
		await type('o');
		await waitFor('can be onboarded');
		await type('\r');
		await type('X');
		await waitFor('Cancel all 2 runs?');
		await type('\r');
		expect(session.calls).toHaveLength(1);
		await type('X');
		await type('y');
		expect(session.calls.slice(1)).toEqual(['cancel details-vm.bookinfo', 'cancel productpage-vm.bookinfo']);
		await waitFor('○ cancelled');
	});

	it('offers broken-off runs and goes on with them', async () => {
		const {session, type, waitFor} = await start(small, {interrupted: ['old-vm.bookinfo']});
		await waitFor('1 run of an earlier sitting was broken off: R resumes');
		await type('R');
		await waitFor('Gateway reachable from the VM');
		await type('\r');
		expect(session.calls).toEqual(['resume old-vm.bookinfo']);
		await waitFor('1 running');
	});
});

describe('other tasks', () => {
	it('renews the tokens of what is marked, and says so in the end', async () => {
		const {screen, session, type, waitFor} = await start({columns: 100, rows: 30});
		await waitFor('details-vm');
		await type(' ');
		await type('t');
		await waitFor('Renew the token of 1 VM');
		await waitFor('can get a new token');
		expect(screen.text()).not.toContain('prepare');
		await type('\r');
		while (session.step());
		await waitFor('● renewed');
		expect(session.calls).toEqual(['start details-vm.bookinfo']);
	});

	it('offboards, and removes an entry only when that is typed', async () => {
		const {session, type, waitFor} = await start({columns: 100, rows: 30});
		await waitFor('details-vm');
		await type('O');
		await waitFor('Offboard 1 VM  d delete entry no');
		await type('d');
		await waitFor('delete entry yes');
		await waitFor('can be offboarded');
		await type('y');
		await waitFor('Remove 1 WorkloadEntry from the cluster?');
		await type('\r');
		await waitFor('Type exactly offboard');
		expect(session.calls).toEqual([]);
		await type('offboard\r');
		expect(session.calls).toEqual(['start details-vm.bookinfo']);
		while (session.step());
		await waitFor(/● offboarded +details-vm\.bookinfo/);
	});

	it('cannot begin while another run of the VM is under way', async () => {
		const {session, type, waitFor} = await start(small);
		await waitFor('details-vm');
		await type('t');
		await waitFor('can get a new token');
		await type('\r');
		await waitFor('1 running');
		await type('\u001B');
		await waitFor('details-vm');
		await type('O');
		await waitFor('can be offboarded');
		await type('\r');
		await waitFor('details-vm.bookinfo is getting a new token already');
		expect(session.calls).toHaveLength(1);
	});
});

describe('the output of a run', () => {
	async function withOutput(lines: number, size = small) {
		const given = await start(size);
		await given.waitFor('details-vm');
		await given.type('o');
		await given.waitFor(/start/);
		await given.type('\r');
		for (let line = 0; line < lines; line += 1) given.session.print('run-1', `line ${line} of the VM`);
		await given.waitFor(`line ${lines - 1} of the VM`);
		return given;
	}

	it('follows, stops following when scrolled up, and follows again with G', async () => {
		const {screen, session, type, waitFor, settle} = await withOutput(500);
		expect(screen.text()).toContain('following');
		await type('\x1b[5~');
		expect(screen.lines().at(-2)).toBe('line 481 of the VM');
		expect(screen.text()).toMatch(/lines \d+-\d+ of 500/);
		const before = screen.lines().slice(4, 20);
		session.print('run-1', 'line 500 of the VM');
		await waitFor(/lines \d+-\d+ of 501/);
		await settle();
		expect(screen.lines().slice(4, 20)).toEqual(before);
		await type('G');
		await waitFor('line 500 of the VM');
		expect(screen.text()).toContain('following');
	});

	it('searches with a count of matches, n and N go round', async () => {
		const {screen, type, waitFor} = await withOutput(500);
		await type('/');
		await type('LINE 13');
		await waitFor('11 lines match');
		await type('\r');
		await waitFor('line 139 of the VM');
		await type('n');
		await waitFor('line 13 of the VM');
		await type('N');
		await waitFor('line 139 of the VM');
		await type('\x1b');
		expect(screen.text()).not.toContain('lines match');
	});

	it('zooms, and lines move with j and k there', async () => {
		const {screen, type} = await withOutput(500);
		await type('z');
		expect(screen.text()).not.toContain('STATE');
		expect(screen.lines().filter((line) => line.includes('of the VM'))).toHaveLength(21);
		await type('kkk');
		expect(screen.text()).toContain('line 496 of the VM');
		expect(screen.text()).not.toContain('line 497 of the VM');
		await type('\x1b');
		expect(screen.text()).toContain('STATE');
	});

	it('wraps long lines when asked, and cuts them with an ellipsis else', async () => {
		const {screen, session, type, waitFor} = await withOutput(3);
		session.print('run-1', `start ${'x'.repeat(100)} end`);
		await waitFor('…');
		expect(screen.text()).not.toContain(' end');
		await type('w');
		await waitFor(/x+ end/);
	});
});

describe('questions of the session', () => {
	it('masks a secret and answers with what was typed or pasted', async () => {
		const {screen, session, type, waitFor} = await start(small);
		await waitFor('details-vm');
		const answer = session.prompts.ask({kind: 'secret', id: 'a', title: 'Password of admin@10.0.0.1'});
		await waitFor('Password of admin@10.0.0.1');
		await type('s3');
		await type('\x1b[200~cret\x1b[201~');
		await waitFor('••••••');
		expect(screen.text()).not.toContain('s3');
		await type('\r');
		expect(await answer).toBe('s3cret');
		await expect.poll(() => screen.text()).not.toContain('Password');
	});

	it('takes enter as no when a host key is shown', async () => {
		const {session, type, waitFor} = await start(small);
		await waitFor('details-vm');
		const answer = session.prompts.ask({kind: 'confirm', id: 'k', title: 'Trust this key?', detail: 'SHA256:abc'});
		await waitFor('SHA256:abc');
		await type('\r');
		expect(await answer).toBeUndefined();
	});

	it('asks one at a time, in order', async () => {
		const {session, type, waitFor} = await start(small);
		await waitFor('details-vm');
		const first = session.prompts.ask({kind: 'confirm', id: '1', title: 'First?'});
		const second = session.prompts.ask({kind: 'confirm', id: '2', title: 'Second?'});
		await waitFor('First?');
		await type('y');
		await waitFor('Second?');
		await type('n');
		expect(await Promise.all([first, second])).toEqual(['yes', undefined]);
	});
});

describe('profiles', () => {
	it('makes a new one, says what is wrong with a value, and saves it', async () => {
		const {session, type, waitFor} = await start(small);
		await waitFor('details-vm');
		await type('p');
		await type('n');
		await waitFor('A new profile');
		await type('edge');
		for (const _ of Array.from({length: 7})) await type('\t');
		await type('99999');
		await type('\x13');
		await waitFor('sshPort must be a port, 1 to 65535, not 99999');
		await type('\x15');
		await type('2222');
		await type('\x13');
		await waitFor('Saved the profile edge');
		expect(session.profiles.get('edge')).toEqual({sshPort: 2222});
	});

	it('removes one only when its name is typed', async () => {
		const {session, type, waitFor} = await start(small);
		await waitFor('details-vm');
		await type('p');
		await type('d');
		await waitFor('Type default to remove it');
		await type('defau\r');
		await waitFor('Type exactly default');
		await type('lt\r');
		await waitFor('Removed the profile default');
		expect(session.profiles.list()).toEqual([]);
	});
});
