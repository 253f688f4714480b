import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterAll, describe, expect, it} from 'vitest';
import {parseSections, probeScript} from '../../source/vm/sections.ts';
import {
	isOutOfReach,
	nameProxyFor,
	parseWaysOut,
	unitSetup,
	type WaysOut,
	waysOutSection,
	wordsOfWaysOut,
} from '../../source/vm/ways-out.ts';

const root = mkdtempSync(join(tmpdir(), 'ways-out-'));
afterAll(() => rmSync(root, {recursive: true, force: true}));

/** Runs the real section in a real sh, on files below a folder in place of /etc, with stubs of apt-config and systemctl. */
function ask(files: Readonly<Record<string, string>>, stubs: Readonly<Record<string, string>> = {}) {
	const etc = mkdtempSync(join(root, 'etc-'));
	const put = (path: string, text: string, mode = 0o644) => {
		mkdirSync(dirname(join(etc, path)), {recursive: true});
		writeFileSync(join(etc, path), text, {mode});
	};
	for (const [path, text] of Object.entries(files)) put(path, text);
	for (const name of ['apt-config', 'systemctl']) put(`bin/${name}`, `#!/bin/sh\n${stubs[name] ?? 'exit 1'}\n`, 0o755);
	const script = probeScript(unitSetup, [waysOutSection]).replaceAll('/etc/', `${etc}/`);
	const output = execFileSync('sh', ['-c', script], {
		env: {PATH: `${join(etc, 'bin')}:/usr/bin:/bin`},
		encoding: 'utf8',
	});
	expect(output).not.toContain('secret');
	return parseWaysOut(parseSections(output).get('ways-out'));
}

const direct: WaysOut = {environment: '', packages: '', docker: '', mirrors: []};

describe('how a VM gets out', () => {
	it.each<[string, Parameters<typeof ask>, Partial<WaysOut>]>([
		['directly', [{}], {}],
		[
			'by the environment of everybody',
			[{environment: 'PATH=/bin\nHTTPS_PROXY="http://u:secret@10.0.0.1:3128"\n'}],
			{environment: 'http://10.0.0.1:3128'},
		],
		[
			'an export in it',
			[{environment: "export http_proxy='http://10.0.0.1:3128/'\n"}],
			{environment: 'http://10.0.0.1:3128/'},
		],
		[
			'by the settings of apt',
			[
				{'apt/apt.conf.d/90proxy': 'Acquire::http::Proxy "http://u:secret@proxy:3128/";\n'},
				{
					'apt-config':
						'echo \'APT::Architecture "amd64";\'; echo \'Acquire::http::Proxy "http://u:secret@proxy:3128/";\'',
				},
			],
			{packages: 'http://proxy:3128/'},
		],
		[
			'by those of dnf',
			[{'dnf/dnf.conf': '[main]\ngpgcheck=1\nproxy = http://proxy:8080\nproxy_password=secret\n'}],
			{packages: 'http://proxy:8080'},
		],
		[
			'by those of SUSE',
			[{'sysconfig/proxy': 'PROXY_ENABLED="yes"\nHTTP_PROXY="http://proxy:3128"\n'}],
			{packages: 'http://proxy:3128'},
		],
		[
			'not by those of SUSE that are off',
			[{'sysconfig/proxy': 'PROXY_ENABLED="no"\nHTTP_PROXY="http://proxy:3128"\n'}],
			{},
		],
		[
			"by Docker's unit",
			[{}, {systemctl: 'echo "Environment=HTTP_PROXY=http://u:secret@proxy:3128 NO_PROXY=.lab"'}],
			{docker: 'http://proxy:3128'},
		],
		[
			"by Docker's own file",
			[
				{
					'docker/daemon.json':
						'{\n  "registry-mirrors": ["https://u:secret@mirror.lab", "http://other:5000"],\n  "proxies": {"http-proxy": "http://proxy:3128"}\n}\n',
				},
			],
			{docker: 'http://proxy:3128', mirrors: ['https://mirror.lab', 'http://other:5000']},
		],
	])('%s', (_, given, expected) => {
		expect(ask(...given)).toEqual({...direct, ...expected});
	});

	it('is told once where everything goes one way', () => {
		const proxy = 'http://proxy:3128';
		expect(wordsOfWaysOut({...direct, environment: proxy, packages: proxy})).toBe(`packages by the proxy ${proxy}`);
		expect(wordsOfWaysOut({...direct, mirrors: ['https://m']})).toBe('Docker by the mirror https://m');
		expect(wordsOfWaysOut(direct)).toBe('');
	});
});

describe('a package manager that reaches nothing', () => {
	it.each([
		["E: Failed to fetch http://deb.debian.org/x.deb  Temporary failure resolving 'deb.debian.org'", true],
		[
			'Err:1 http://deb.debian.org bookworm InRelease\n  Could not connect to deb.debian.org:80 (203.0.113.80). - connect (111: Connection refused)',
			true,
		],
		[
			'  Cannot initiate the connection to deb.debian.org:80 (2a04::644). - connect (101: Network is unreachable)',
			true,
		],
		['  Could not connect to deb.debian.org:80 (203.0.113.80), connection timed out', true],
		[
			"Errors during downloading metadata for repository 'baseos':\n  - Curl error (6): Couldn't resolve host name for https://mirrors.rockylinux.org/ [Could not resolve host: mirrors.rockylinux.org]",
			true,
		],
		[
			'  - Curl error (28): Timeout was reached for https://mirrors.fedoraproject.org/ [Connection timed out after 30001 milliseconds]',
			true,
		],
		[
			"Download (curl) error for 'http://download.opensuse.org/x':\nError code: Connection failed\nError message: Could not resolve host: download.opensuse.org",
			true,
		],
		['  407  Proxy Authentication Required', true],
		['E: Failed to fetch http://deb.example/x.deb  404  Not Found', false],
		['E: No space left on device', false],
		['Error: Unable to find a match: docker-ce', false],
	])('is told from another failure: %s', (words, expected) => {
		expect(isOutOfReach(words)).toBe(expected);
	});

	it.each(['apt', 'rpm', 'zypper', 'docker'] as const)('gets a command of %s that sh can read', (tool) => {
		execFileSync('sh', ['-nc', nameProxyFor(tool)]);
	});
});
