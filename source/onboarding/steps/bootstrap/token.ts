import type {Finding} from '../../../diagnosis/finding.ts';
import type {Claims} from '../../../mesh/token.ts';
import {readableSeconds} from '../../../output/readable-seconds.ts';
import {perform, type TokenAnswer} from '../../action.ts';
import type {Step, StepContext} from '../../step.ts';
import {findingAbout} from '../stopped-by.ts';
import {asksForToken, unchanged} from './unchanged.ts';

const issue = {kind: 'issue-token', changes: true} as const;

/** The API server dates a token from the whole second, and clusters cap it by minutes at least. */
const toleranceSeconds = 10;

/** A token for the proxy's first certificate: audience istio-ca, for the entry's service account. It stays in memory. */
export const tokenStep: Step = {
	id: 'bootstrap.token',
	phase: 'bootstrap',
	title: 'Issue a token',
	plan: () => [issue],
	*run(context) {
		if (context.facts.unchanged === true) return unchanged;
		if (!asksForToken(context.facts)) return {status: 'skipped', detail: 'the token on the VM serves'};
		const answer = yield* perform(issue);
		const {subject, issuedAt, expiresAt} = answer.claims;
		const detail = `for ${subject}, ${readableSeconds(expiresAt - issuedAt)}, until ${answer.expiresAt}`;
		return {status: 'succeeded', detail, changed: true, findings: shortLived(answer, context)};
	},
};

/** `token.short-lived`, where the API server gave less than was asked for (it may cap it: `--service-account-max-token-expiration`). */
export function shortLived(
	{claims, expiresAt, askedSeconds}: TokenAnswer,
	context: Pick<StepContext, 'target' | 'options'>,
): readonly Finding[] {
	const granted = claims.expiresAt - claims.issuedAt;
	if (granted >= askedSeconds - toleranceSeconds) return [];
	const words = `${readableSeconds(granted)} instead of ${readableSeconds(askedSeconds)}`;
	return [
		findingAbout(
			context,
			'token.short-lived',
			[{source: 'TokenRequest', text: shown(claims)}],
			`The API server gave a token of ${words}: it ends ${expiresAt}.`,
		),
	];
}

function shown({audience, subject, issuer, issuedAt, expiresAt}: Claims): string {
	return JSON.stringify({aud: audience, sub: subject, iss: issuer, iat: issuedAt, exp: expiresAt});
}
