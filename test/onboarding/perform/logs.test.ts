import {describe, expect, it} from 'vitest';
import {readLog} from '../../../source/onboarding/perform/logs.ts';
import {createRedactor} from '../../../source/output/redact.ts';
import type {ExecResult, RemoteHost} from '../../../source/ports.ts';
import type {LogPart} from '../../../source/vm/proxy-log.ts';
import {scriptedHost} from '../../helpers/scripted-host.ts';
import {targetNamed} from '../../helpers/target.ts';
import {ran} from '../drive.ts';

const target = targetNamed('ratings-vm', 'bookinfo');
const running = '"2026-11-27T10:00:00Z" "0001-01-01T00:00:00Z" "running"\n';
const absent = ran('', 1, 'Error: No such container: istio-proxy');
const part: LogPart = {follow: false, tail: 200, since: undefined};

/** Reads a log from a VM that answers so; the output of a command is what it prints on standard output. */
async function read(answer: (command: string) => Partial<ExecResult>, change: Partial<LogPart> = {}) {
	const host = scriptedHost(answer);
	const speaking: RemoteHost = {
		...host,
		async exec(command, options) {
			const result = await host.exec(command, options);
			options?.onOutput?.('stdout', Buffer.from(result.stdout));
			return result;
		},
	};
	const lines: string[] = [];
	const parts: object[] = [];
	const notes: string[] = [];
	const redactor = createRedactor();
	redactor.add('hunter2-hunter2');
	await readLog(
		{
			connector: {connect: async () => speaking},
			prompts: {ask: async () => undefined},
			clock: {now: () => new Date('2026-11-27T10:00:30Z'), sleep: async () => undefined},
			redactor,
			context: 'lab',
		},
		target,
		{...part, ...change},
		{
			line(line, taken) {
				lines.push(line);
				parts.push(taken);
			},
			note: (text) => void notes.push(text),
		},
		new AbortController().signal,
	);
	return {lines, parts, notes, ran: host.ran.map(({command}) => command)};
}

describe('the log', () => {
	it('is the container’s, plain and without secrets, and taken apart by its tabs', async () => {
		const text = '2026-11-27T10:00:01Z\tinfo\txdsproxy\tconnected \u001B[31mred\u001B[0m\npassword hunter2-hunter2\n';
		const {lines, parts} = await read((command) => ran(command.startsWith('docker logs') ? text : running));
		expect(lines).toEqual(['2026-11-27T10:00:01Z    info    xdsproxy        connected red', 'password [redacted]']);
		expect(parts).toEqual([
			{time: '2026-11-27T10:00:01Z', level: 'info', scope: 'xdsproxy', message: 'connected red'},
			{time: '', level: '', scope: '', message: 'password [redacted]'},
		]);
	});

	it.each<[string, ExecResult]>([
		['container', absent],
		['engine', ran('', 127, 'sh: docker: not found')],
	])('is the package’s where there is no %s, from the time that is asked for', async (_, inspected) => {
		const text = '2026-11-27T09:00:00Z\tinfo\told\n2026-11-27T10:00:10Z\tinfo\tnew\nof the same\n';
		const answer = (command: string) =>
			command.startsWith('docker') ? inspected : ran(command.startsWith('tail') ? text : '');
		const {lines, ran: commands} = await read(answer, {since: '60s'});
		expect(lines).toEqual(['2026-11-27T10:00:10Z    info    new', 'of the same']);
		expect(commands.at(-1)).toBe('tail -n +1 /var/log/istio/istio.log');
	});

	it('that is followed goes on with a container that is started anew, from where it had ended', async () => {
		let looks = 0;
		const again = '"2026-11-27T10:00:20Z" "2026-11-27T10:00:19Z" "running"\n';
		const answer = (command: string) =>
			command.includes('inspect') ? ran(looks++ === 0 ? running : again) : ran('line\n');
		const {lines, notes, ran: commands} = await read(answer, {follow: true});
		expect(commands.filter((command) => command.startsWith('docker logs'))).toEqual([
			'docker logs -f --tail 200 istio-proxy',
			'docker logs -f --since 2026-11-27T10:00:19Z istio-proxy',
		]);
		expect(lines).toEqual(['line', 'line']);
		expect(notes).toEqual(['The container istio-proxy was started anew.', 'The container istio-proxy is running.']);
	});

	it('that is followed ends with a container that is removed', async () => {
		let looks = 0;
		const answer = (command: string) => (command.includes('inspect') ? (looks++ === 0 ? ran(running) : absent) : ran());
		expect((await read(answer, {follow: true})).notes).toEqual(['The container istio-proxy is gone.']);
	});
});

describe('no log', () => {
	const denied = ran('', 1, 'Got permission denied while trying to connect to the Docker daemon socket');
	const lost: Partial<ExecResult> = {code: undefined, ended: 'lost'};
	it.each<[string, (command: string) => Partial<ExecResult>, string, number]>([
		['where the user may not use Docker', () => denied, 'vm.docker-denied', 77],
		['where the daemon is stopped', () => ran('', 1, 'Cannot connect to the Docker daemon'), 'vm.docker-stopped', 1],
		[
			'where there is no proxy',
			(command) => (command.startsWith('test') ? ran('', 1) : absent),
			'proxy.not-running',
			1,
		],
		['from a VM that is lost', () => lost, 'ssh.connection-lost', 69],
		[
			'from a VM that is lost meanwhile',
			(command) => (command.includes('inspect') ? ran(running) : lost),
			'ssh.connection-lost',
			69,
		],
	])('%s → %s', async (_, answer, code, exitCode) => {
		await expect(read(answer)).rejects.toMatchObject({code, exitCode});
	});
});
