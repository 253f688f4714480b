import type {Finding} from '../../../diagnosis/finding.ts';
import {readableSeconds} from '../../../output/readable-seconds.ts';
import {type ProxyCertificates, parseCerts, workloadCertificate} from '../../../proxy/certs.ts';
import {performAll} from '../../action.ts';
import type {Step, StepCheck, StepContext} from '../../step.ts';
import {clockCommand, look} from '../bootstrap/on-vm.ts';
import {findingAbout, stoppedBy} from '../stopped-by.ts';
import {logCommand} from './proxy-log.ts';

const certs = {kind: 'http', port: 15000, path: '/certs'} as const;
const source = '127.0.0.1:15000/certs';

/** It is renewed at half of its life (istio/istio, security/pkg/nodeagent/cache, rotateTime): with more than this share gone, it was not. */
const overdue = 0.9;

/** Words of the agent about a renewal that fails (the same file, and security/pkg/nodeagent/caclient). */
const failedRenewal = /failed to warm certificate|failed to sign|ca request failed|CSR/;

/** Does the proxy hold a certificate of the entry's identity that is in force? */
export const certificateStep: Step = {
	id: 'verify.certificate',
	phase: 'verify',
	title: 'Read the proxy’s certificate',
	plan: () => [],
	*run(context) {
		const [answer, clock] = yield* performAll(certs, look(clockCommand));
		const held = answer.ok && answer.status === 200 ? parseCerts(answer.body) : undefined;
		if (held === undefined) {
			const text = answer.ok ? `answers ${answer.status}` : answer.text;
			return stoppedBy(findingAbout(context, 'proxy.not-ready', [{source, text}]), {
				detail: `Envoy does not show its certificates: ${text}`,
			});
		}
		const {found, checks} = judgeCertificate(context, held, Number(clock.stdout.trim()));
		if (found !== undefined) return stoppedBy(found, {checks});
		return {status: 'succeeded', detail: checks[0]?.detail ?? '', checks};
	},
};

/** Is it of the entry's identity, and in force? `now` in seconds since 1970, by the VM's clock; `log`: the proxy's, where it is known. */
export function judgeCertificate(
	context: StepContext,
	held: ProxyCertificates,
	now: number,
	log: readonly string[] = [],
): {readonly found?: Finding; readonly checks: readonly StepCheck[]} {
	const wanted = spiffeId(context);
	const certificate = workloadCertificate(held);
	if (certificate === undefined) {
		const evidence = [{source, text: `${held.roots.length} roots, no certificate of its own`}];
		const summary = 'The proxy holds no certificate of its own.';
		return {found: findingAbout(context, 'identity.cert-expired', evidence, summary), checks: []};
	}
	// Envoy counts whole days, 0 for all the life of a certificate of 24 hours: the end itself is what counts.
	const left = Math.floor(Date.parse(certificate.expiresAt) / 1000) - now;
	const names = certificate.names.join(', ');
	const {serial, validFrom, expiresAt} = certificate;
	const evidence = [{source, text: `${names}, serial ${serial}, valid from ${validFrom} until ${expiresAt}`}];
	if (!certificate.names.includes(wanted)) {
		const summary = `The proxy's certificate is of ${names}, not of ${wanted}.`;
		return {found: findingAbout(context, 'identity.mismatch', evidence, summary), checks: [check(false, names)]};
	}
	const life = Math.floor((Date.parse(expiresAt) - Date.parse(validFrom)) / 1000);
	if (left <= 0 || left < life * (1 - overdue)) {
		const words = log.filter((line) => failedRenewal.test(line)).slice(-5);
		const said = words.length === 0 ? [] : [{source: logCommand(context), text: words.join('\n')}];
		const summary =
			left > 0 ? `The workload's certificate ends in ${readableSeconds(left)} and was not renewed in time.` : undefined;
		return {found: findingAbout(context, 'identity.cert-expired', [...evidence, ...said], summary), checks: []};
	}
	const detail = `${wanted}, ${Number.isNaN(left) ? `until ${certificate.expiresAt}` : `${readableSeconds(left)} left`}`;
	return {checks: [check(true, detail)]};
}

function spiffeId({target: {entry, mesh}}: StepContext): string {
	return `spiffe://${mesh?.trustDomain ?? 'cluster.local'}/ns/${entry.namespace}/sa/${entry.serviceAccount}`;
}

function check(passed: boolean, detail: string): StepCheck {
	const outcome = passed ? 'passed' : 'failed';
	return {id: 'verify.certificate', title: 'certificate of the entry’s identity', outcome, detail};
}
