import type {FindingId} from '../../../diagnosis/catalogue.ts';
import {knownOf} from '../../../diagnosis/facts.ts';
import type {Evidence} from '../../../diagnosis/finding.ts';
import {readPayload} from '../../../mesh/token.ts';
import {readableSeconds} from '../../../output/readable-seconds.ts';
import {parseCerts, workloadCertificate} from '../../../proxy/certs.ts';
import type {FileState} from '../../../vm/bundle-probe.ts';
import type {StepContext} from '../../step.ts';
import {type Verdict, verdict} from '../../steps/check/verdict.ts';
import {findingAbout} from '../../steps/stopped-by.ts';
import {tokenFaultOf} from '../../steps/verify/explain-proxy.ts';
import type {DoctorFacts, ProxySeen} from '../facts.ts';
import type {DoctorRule} from './rule.ts';

/** A token that ends within an hour will not carry the next restart; in seconds. */
const soon = 3600;

/** `token.*`, `proxy.root-cert-missing`, `identity.root-mismatch`: the files that the proxy was given. */
export const tokenRule: DoctorRule = (context, facts) => {
	const seen = knownOf(facts.proxy);
	// Without a container there is nobody to read them.
	const absent = seen?.inspection !== undefined && seen.inspection.code !== 0;
	if (seen?.bundle === undefined || absent) return [];
	return [...rootVerdicts(context, seen.bundle), ...tokenVerdicts(context, seen.bundle, facts)];
};

type Bundle = NonNullable<ProxySeen['bundle']>;

const words: Readonly<Partial<Record<FileState, string>>> = {
	absent: 'is not there',
	empty: 'is empty',
	directory: 'is a directory, which Docker made in its place',
};

function rootVerdicts(context: StepContext, {root, rootIsCurrent}: Bundle): readonly Verdict[] {
	const path = `${context.target.configDir.value}/istio-ca.pem`;
	const judge = (id: FindingId, text: string, summary: string) => [
		failed(context, 'Root certificate', id, path, text, summary),
	];
	const fault = words[root];
	if (fault !== undefined) return judge('proxy.root-cert-missing', fault, `${path} on the VM ${fault}.`);
	if (rootIsCurrent === false) {
		const text = 'no certificate of it is in ConfigMap istio-ca-root-cert';
		return judge(
			'identity.root-mismatch',
			text,
			`The VM trusts another root than the mesh has: ${path} holds none of its certificates.`,
		);
	}
	return rootIsCurrent === true ? [verdict('doctor.root', 'Root certificate', 'passed', 'the one of the mesh')] : [];
}

function tokenVerdicts(context: StepContext, bundle: Bundle, facts: DoctorFacts): readonly Verdict[] {
	const {target} = context;
	const path = `${target.configDir.value}/istio-token`;
	const judge = (id: FindingId, evidence: readonly Evidence[], summary?: string) => {
		const found = findingAbout(context, id, evidence, summary);
		return [
			verdict('doctor.token', 'Token', found.severity === 'error' ? 'failed' : 'warning', found.summary, [found]),
		];
	};
	const missing = words[bundle.token];
	if (missing !== undefined) {
		return judge('token.missing', [{source: path, text: missing}], `The token ${path} on the VM ${missing}.`);
	}
	if (bundle.token !== 'file' || bundle.clock === 0) {
		return [verdict('doctor.token', 'Token', 'not-done', `${path} may not be read by ${target.ssh.user.value}`)];
	}
	const known = {claims: readPayload(bundle.payload), now: bundle.clock};
	const fault = tokenFaultOf(target, known);
	const left = (known.claims?.expiresAt ?? 0) - bundle.clock;
	if (fault !== undefined && fault.id !== 'token.expired') return judge(fault.id, fault.evidence);
	if (left > soon) return [verdict('doctor.token', 'Token', 'passed', `${readableSeconds(left)} left`)];
	// What an ended token means depends on the certificate, by which a proxy renews.
	if (facts.envoy.state === 'pending') return [];
	const holds = certificateHolds(facts, bundle.clock);
	if (fault !== undefined && !holds) return judge('token.expired', fault.evidence);
	const when = left <= 0 ? 'has ended' : `ends in ${readableSeconds(left)}`;
	const evidence = [{source: path, text: `exp ${known.claims?.expiresAt ?? 0}, now ${bundle.clock}`}];
	return judge(
		'token.short-lived',
		evidence,
		`The token on the VM ${when}${holds ? ', while the certificate still holds: a restart without it will fail' : ''}.`,
	);
}

function certificateHolds({envoy}: DoctorFacts, now: number): boolean {
	const answer = knownOf(envoy)?.certs;
	const held = answer?.ok === true && answer.status === 200 ? parseCerts(answer.body) : undefined;
	const certificate = held && workloadCertificate(held);
	return certificate !== undefined && Date.parse(certificate.expiresAt) / 1000 > now;
}

function failed(context: StepContext, title: string, id: FindingId, source: string, text: string, summary: string) {
	return verdict('doctor.root', title, 'failed', summary, [findingAbout(context, id, [{source, text}], summary)]);
}
