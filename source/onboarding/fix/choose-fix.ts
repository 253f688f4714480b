import {type FindingId, isFindingId} from '../../diagnosis/catalogue.ts';
import {knownOf} from '../../diagnosis/facts.ts';
import type {Finding} from '../../diagnosis/finding.ts';
import {remedyLine} from '../../diagnosis/remedy-line.ts';
import {exitCodes, UserError} from '../../errors.ts';
import {similarNames} from '../../mesh/similar-names.ts';
import {parseContainer} from '../../proxy/container.ts';
import type {VmFacts} from '../../vm/facts.ts';
import type {Examined} from '../doctor/examination.ts';
import type {DoctorRecord} from '../doctor/record.ts';
import type {Around} from '../objects/around.ts';
import {isRunningProxy} from '../steps/check/vm/proxies.ts';
import {promisesOf} from '../steps/reach/look.ts';
import {causesOf} from './causes.ts';
import type {FixOptions} from './fix-options.ts';
import {fixes, fixFor} from './fixes.ts';
import {type Change, cannot} from './known.ts';

/** A cause to mend, as it is asked for: `token.expired`, `entry.service-account-missing=ratings`. */
export type FixWish = {readonly id: FindingId; readonly value: string | undefined};

/** How a wish is fulfilled; its changes are not rehearsed yet. */
export type ChosenFix = Omit<FixOptions, 'changes'> & {readonly changes: readonly Change[]};

/** Reads `ID[=VALUE]`. Throws UserError `usage` for what is no cause's id. */
export function parseFix(word: string): FixWish {
	const at = word.indexOf('=');
	const id = at === -1 ? word : word.slice(0, at);
	if (isFindingId(id)) return {id, value: at === -1 ? undefined : word.slice(at + 1)};
	const [nearest] = similarNames(id, Object.keys(fixes), 3);
	throw new UserError({
		code: 'usage',
		message: `${JSON.stringify(id)} is the id of no cause.`,
		hint: `${nearest === undefined ? '' : `Did you mean ${nearest}? `}meshboard doctor TARGET names the causes that it found, and which of them it can mend.`,
		exitCode: exitCodes.usage,
	});
}

/** The cause in what was found; undefined when it is not there. */
export function findCause(record: DoctorRecord, examined: Examined, id: string): Finding | undefined {
	return causesOf(record, examined).find((found) => found.id === id);
}

/** Chooses what is to be done. Throws UserError `fix` for what meshboard cannot mend, with what to do instead. Pure. */
export function chooseFix(record: DoctorRecord, finding: Finding, {id, value}: FixWish, around: Around): ChosenFix {
	const {context, facts} = record;
	const fix = context && fixFor(id, context.target.layout.value);
	if (context === undefined || fix === undefined) throw byHand(finding);
	const {target} = context;
	const vm = knownOf(facts.vm)?.vm;
	const changes = fix.changes?.({target, finding, vm, around, value}) ?? [];
	const isThere = hasProxy(record);
	const proxy = fix.ifThere === true && !isThere ? undefined : fix.proxy;
	const containers = fix.removes === undefined ? [] : inTheWay(fix.removes, target.containerName.value, vm);
	if (fix.removes !== undefined && containers.length === 0) throw byHand(finding);
	return {
		id,
		changes,
		...(containers.length === 0 ? {} : {containers}),
		...(fix.hosts === true ? {hosts: promisesOf({...context, facts: {}})} : {}),
		...(proxy === undefined ? {} : {proxy}),
	};
}

function byHand({id, remedy}: Finding): UserError {
	return cannot(`meshboard cannot mend ${id} itself.`, remedyLine(remedy));
}

function hasProxy({context, facts}: DoctorRecord): boolean {
	const seen = knownOf(facts.proxy);
	if (context?.target.layout.value === 'package') return seen?.bundle !== undefined;
	return seen?.inspection !== undefined && parseContainer(seen.inspection.stdout) !== undefined;
}

function inTheWay(which: 'others' | 'namesake', own: string, vm: VmFacts | undefined): readonly string[] {
	const containers = vm?.containers ?? [];
	return containers
		.filter((one) => (which === 'namesake' ? one.name === own : one.name !== own && isRunningProxy(one)))
		.map(({name}) => name);
}
