import type {FindingId} from '../../../diagnosis/catalogue.ts';
import {objectVerdicts} from '../../steps/check/objects.ts';
import type {DoctorRule} from './rule.ts';

/** Of the warnings and facts of the objects those that say something of a proxy that runs; the others belong to `lint` and `check`. */
const telling: ReadonlySet<string> = new Set<FindingId>(['cluster.ambient', 'sidecar.analyzer-false-alarm']);

/** Who may issue tokens is no matter of a proxy that has one. */
const ofOnboarding: ReadonlySet<string> = new Set<FindingId>(['token.forbidden']);

/** The entry and what belongs to it in the cluster. */
export const objectsRule: DoctorRule = ({target}) => {
	const problems = target.problems.filter(
		({id, severity}) => !ofOnboarding.has(id) && (severity === 'error' || telling.has(id)),
	);
	const verdicts = objectVerdicts({...target, problems});
	return verdicts.map((verdict, index) => (index === 0 ? {...verdict, findings: problems} : verdict));
};
