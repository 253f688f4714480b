import type {Claims} from '../../../mesh/token.ts';
import {readableSeconds} from '../../../output/readable-seconds.ts';
import {perform} from '../../action.ts';
import type {Step} from '../../step.ts';
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
		const {claims, expiresAt, askedSeconds} = yield* perform(issue);
		const granted = claims.expiresAt - claims.issuedAt;
		const detail = `for ${claims.subject}, ${readableSeconds(granted)}, until ${expiresAt}`;
		if (granted >= askedSeconds - toleranceSeconds) return {status: 'succeeded', detail, changed: true};
		const short = findingAbout(
			context,
			'token.short-lived',
			[{source: 'TokenRequest', text: shown(claims)}],
			`The API server gave a token of ${readableSeconds(granted)} instead of ${readableSeconds(askedSeconds)}.`,
		);
		return {status: 'succeeded', detail, changed: true, findings: [short]};
	},
};

function shown({audience, subject, issuer, issuedAt, expiresAt}: Claims): string {
	return JSON.stringify({aud: audience, sub: subject, iss: issuer, iat: issuedAt, exp: expiresAt});
}
