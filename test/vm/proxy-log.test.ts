import {describe, expect, it} from 'vitest';
import {containerLogCommand, fileLogCommand, parseLife} from '../../source/vm/proxy-log.ts';

describe('the command that reads a log', () => {
	it.each([
		[
			{follow: false, tail: 200, since: undefined},
			'docker logs --tail 200 istio-proxy',
			'tail -n 200 /var/log/istio/istio.log',
		],
		[
			{follow: true, tail: 'all', since: '90s'},
			'docker logs -f --since 90s istio-proxy',
			'tail -n +1 -F /var/log/istio/istio.log',
		],
		[
			{follow: true, tail: 0, since: undefined},
			'docker logs -f --tail 0 istio-proxy',
			'tail -n 0 -F /var/log/istio/istio.log',
		],
	] as const)('%j', (part, ofContainer, ofFile) => {
		expect(containerLogCommand('docker', 'istio-proxy', part)).toBe(ofContainer);
		expect(fileLogCommand(part)).toBe(ofFile);
	});

	it('quotes a name from an annotation', () => {
		const command = containerLogCommand('podman', 'a;reboot', {follow: false, tail: 'all', since: undefined});
		expect(command).toBe("podman logs 'a;reboot'");
	});
});

describe('the life of a container', () => {
	it.each([
		[
			'"2026-11-27T11:55:02.25Z" "0001-01-01T00:00:00Z" "running"\n',
			{startedAt: '2026-11-27T11:55:02.25Z', endedAt: undefined, status: 'running'},
		],
		[
			'"2026-11-27T11:55:02Z" "2026-11-27T11:55:01Z" "exited"\n',
			{startedAt: '2026-11-27T11:55:02Z', endedAt: '2026-11-27T11:55:01Z', status: 'exited'},
		],
		['\n', undefined],
		['Error: No such container', undefined],
	])('%j', (text, life) => {
		expect(parseLife(text)).toEqual(life);
	});
});
