import {expect, test} from 'vitest';
import {refusalOf} from '../../source/vm/package-refusal.ts';

/** As apt 2.6, dpkg 1.21, and dnf 4.14 with rpm 4.18 said it. */
test.each([
	[
		'a .deb of another architecture',
		`dpkg: error processing archive /var/cache/meshboard/istio-sidecar.deb (--unpack):
 package architecture (arm64) does not match system (amd64)
Errors were encountered while processing:
 /var/cache/meshboard/istio-sidecar.deb
E: Sub-process /usr/bin/dpkg returned an error code (1)
`,
		{cause: 'architecture', line: 'package architecture (arm64) does not match system (amd64)'},
	],
	[
		'an .rpm of another architecture',
		`Last metadata expiration check: 0:00:16 ago on Fri Nov 27 17:53:21 2026.
Error:
 Problem: conflicting requests
  - package istio-sidecar-1.31.0-1.aarch64 does not have a compatible architecture
(try to add '--skip-broken' to skip uninstallable packages)
`,
		{
			cause: 'architecture',
			line: '- package istio-sidecar-1.31.0-1.aarch64 does not have a compatible architecture',
		},
	],
	[
		'a full disk under rpm',
		`Running transaction test
Error: Transaction test error:
  installing package istio-sidecar-1.31.0-1.x86_64 needs 119MB more space on the /usr/local filesystem

Error Summary
-------------
Disk Requirements:
   At least 119MB more space needed on the /usr/local filesystem.
`,
		{
			cause: 'disk',
			line: 'installing package istio-sidecar-1.31.0-1.x86_64 needs 119MB more space on the /usr/local filesystem',
		},
	],
	[
		'what the package needs, and no repository has',
		`Error:
 Problem: conflicting requests
  - nothing provides iptables needed by istio-sidecar-1.31.0-1.x86_64
(try to add '--skip-broken' to skip uninstallable packages)
`,
		{line: '- nothing provides iptables needed by istio-sidecar-1.31.0-1.x86_64'},
	],
	['nothing', '\n', {line: ''}],
])('%s', (_, output, refusal) => {
	expect(refusalOf(output)).toEqual(refusal);
});
