import {knownOf} from '../../diagnosis/facts.ts';
import type {Finding} from '../../diagnosis/finding.ts';
import type {Examined} from '../doctor/examination.ts';
import type {DoctorRecord} from '../doctor/record.ts';
import {directoryRule} from '../steps/check/vm/directory.ts';

/**
 * All that is found of a proxy: the doctor's causes, and what `lint` and `check` tell beyond them, which does not keep a running proxy
 * from its work.
 */
export function causesOf(
	{context, facts}: DoctorRecord,
	{findings, explained}: Pick<Examined, 'findings' | 'explained'>,
): readonly Finding[] {
	if (context === undefined) return findings;
	const {target, options} = context;
	const vm = knownOf(facts.vm)?.vm;
	const ofCheck =
		vm === undefined ? [] : directoryRule({target, options, vm, serverTime: undefined}).flatMap((one) => one.findings);
	const told = new Set([...findings, ...explained.map(({finding}) => finding)].map(({id}) => id));
	return [...findings, ...[...target.problems, ...ofCheck].filter(({id}) => !told.has(id))];
}
