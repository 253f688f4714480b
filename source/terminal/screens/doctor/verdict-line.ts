import type {Severity} from '../../../diagnosis/finding.ts';
import type {TargetRef} from '../../../mesh/workload-entry.ts';
import {type Examined, isHealthy} from '../../../onboarding/doctor/examination.ts';
import {factNames, factWords} from '../../../onboarding/doctor/facts.ts';
import type {DoctorState} from '../../state/doctor-state.ts';
import {counted} from '../../text/counted.ts';
import {duration} from '../../text/duration.ts';
import {type Line, type Span, span, spread} from '../../text/line.ts';
import type {Glyphs} from '../../theme.ts';

/** The first line: who is looked at, what came of it, what is still awaited, and how fresh it is. */
export function verdictLine(
	all: readonly Examined[],
	{refs, watch}: Pick<DoctorState, 'refs' | 'watch'>,
	raised: ReadonlyMap<TargetRef, number>,
	view: {readonly now: number; readonly width: number; readonly glyphs: Glyphs},
): Line {
	const [only = '', ...others] = refs;
	const looked = all.flatMap(({lookedAt}) => lookedAt ?? []);
	const age = looked.length === 0 ? '' : `looked ${duration(view.now - Math.min(...looked))} ago`;
	const until = Math.max(0, ...refs.flatMap((ref) => raised.get(ref) ?? []));
	const level = until === 0 ? '' : `log level debug for ${duration(until - view.now)}`;
	const fresh = [level, watch ? 'watching' : 'not watching', age].filter(Boolean).join(', ');
	return spread(
		[
			span(others.length === 0 ? only : counted(refs.length, 'VM'), 'title'),
			span('  '),
			...verdict(all, view.glyphs),
			...awaited(all),
			...gone(all),
		],
		[span(` ${fresh}`, until === 0 ? 'dim' : 'warn')],
		view.width,
	);
}

function verdict(all: readonly Examined[], glyphs: Glyphs): readonly Span[] {
	const findings = all.flatMap((each) => each.findings);
	const count = (wanted: Severity) => findings.filter(({severity}) => severity === wanted).length;
	const [errors, warnings] = [count('error'), count('warning')];
	const passed = all.flatMap(({checks}) => checks).filter(({outcome}) => outcome === 'passed').length;
	const done = all.length > 0 && all.every((each) => each.done);
	const well = done && all.every(isHealthy);
	return [
		...(errors > 0 ? [span(`${glyphs.bad} ${counted(errors, 'error')}`, 'bad')] : []),
		...(errors === 0 && well ? [span(`${glyphs.good} sound`, 'good')] : []),
		...(errors === 0 && done && !well ? [span(`${glyphs.unknown} not known`, 'warn')] : []),
		...(warnings > 0 ? [span(` ${counted(warnings, 'warning')}`, 'warn')] : []),
		...(passed > 0 ? [span(`  ${counted(passed, 'check')} passed`, 'dim')] : []),
	];
}

/** The facts that are not answered yet, of one VM by name. */
function awaited(all: readonly Examined[]): readonly Span[] {
	const pending = all.filter(({facts}) => factNames.some((name) => facts[name] === 'pending'));
	const [first] = pending;
	if (first === undefined || (first.done && all.length === 1)) return [];
	if (all.length > 1) return [span(`  still looking at ${counted(pending.length, 'VM')}`, 'accent')];
	const names = factNames.filter((name) => first.facts[name] === 'pending').map((name) => factWords[name].title);
	return [span(`  awaiting: ${names.join(', ')}`, 'accent')];
}

/** What the last round has taken away. */
function gone(all: readonly Examined[]): readonly Span[] {
	const ids = all.flatMap(({news}) => news.flatMap((one) => (one.event === 'withdrawn' ? [one.finding.id] : [])));
	return ids.length === 0 ? [] : [span('  '), {text: ` gone: ${[...new Set(ids)].join(', ')} `, inverse: true}];
}
