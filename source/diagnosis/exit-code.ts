import {type ExitCode, exitCodes} from '../errors.ts';

const unreachable = new Set([
	'cluster.unreachable',
	'cluster.istiod-not-ready',
	'ssh.refused',
	'ssh.timeout',
	'ssh.host-unresolved',
	'ssh.connection-lost',
	'ssh.sessions-exhausted',
	'proxy.registry-unreachable',
]);
const notPermitted = new Set([
	'cluster.unauthorized',
	'cluster.forbidden',
	'token.forbidden',
	'ssh.auth-failed',
	'ssh.key-unusable',
	'ssh.host-key-unknown',
	'ssh.host-key-changed',
	'vm.sudo-unavailable',
	'vm.docker-denied',
	'vm.config-dir-denied',
	'proxy.image-denied',
]);
const badData = new Set(['cluster.istio-missing', 'cluster.proxy-config-invalid', 'token.service-account-not-found']);
const objects = new Set(['entry', 'sidecar', 'service', 'fleet']);

/** The exit code for a target that failed with this finding; 1 where no narrower one fits. */
function codeOf(finding: string | undefined): ExitCode {
	if (finding === undefined) return exitCodes.someFailed;
	if (unreachable.has(finding)) return exitCodes.unreachable;
	if (notPermitted.has(finding)) return exitCodes.notPermitted;
	if (badData.has(finding)) return exitCodes.badData;
	return objects.has(finding.split('.')[0] ?? '') ? exitCodes.badData : exitCodes.someFailed;
}

/** What keeps a check from being made at all, rather than what it finds. */
const hindersChecks = /^(?:ssh\.|cluster\.(?:unreachable|unauthorized|forbidden)$|entry\.not-found$|fleet\.)/;

/** The exit code of a command whose findings are its result, from the cause of each target that has one: 79, or what kept it from all of them. */
export function exitCodeOfFindings(causes: readonly string[]): ExitCode {
	const [code = exitCodes.done, ...others] = new Set(
		causes.map((cause) => (hindersChecks.test(cause) ? codeOf(cause) : exitCodes.findings)),
	);
	return others.length === 0 ? code : exitCodes.findings;
}

/** The exit code of a command over several targets, from the cause of each that failed: theirs where they agree, else 1. */
export function exitCodeOf(failures: ReadonlyArray<string | undefined>): ExitCode {
	const codes = new Set(failures.map(codeOf));
	const [only] = codes;
	return only === undefined ? exitCodes.done : codes.size === 1 ? only : exitCodes.someFailed;
}
