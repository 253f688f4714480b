import type {TargetRef} from '../../mesh/workload-entry.ts';
import {isHealthy} from '../../onboarding/doctor/examination.ts';
import type {RunState} from '../../onboarding/run.ts';
import {keyFor} from '../bindings.ts';
import type {Intent} from '../intent.ts';
import {screenOf, type Ui} from './ui.ts';
import type {World} from './world.ts';

/** The main job, in the order in which it is done. */
export const stops = ['onboard', 'ask', 'mend', 'see'] as const;

/** Where somebody is on the tour, and what to press next. */
export type TourLine = {readonly stop: (typeof stops)[number]; readonly words: string};

/** So many VMs are brought into the mesh before the stuck one is looked for. */
const wanted = 3;

/**
 * The next thing to do on the guided tour of the demo. A fold over what has come about (runs, findings): whoever takes another way, or is
 * faster, is met where they are. Undefined where there is no tour.
 */
export function tourLine(ui: Ui, world: World): TourLine | undefined {
	const {tour} = world;
	if (tour === undefined) return undefined;
	const {stuck} = tour;
	if (targetsOf(world, 'succeeded').size < wanted) return {stop: 'onboard', words: onboardWords(ui, world)};
	if (targetsOf(world, 'succeeded').has(stuck)) return {stop: 'see', words: seeWords(stuck, ui, world)};
	const error = world.examined.get(stuck)?.findings.find(({severity}) => severity === 'error');
	if (error === undefined) return {stop: 'ask', words: askWords(stuck, ui, world)};
	return {stop: 'mend', words: mendWords(stuck, error.id, ui, world)};
}

function onboardWords(ui: Ui, world: World): string {
	const key = keysOf(world);
	const begun = new Set([...targetsOf(world, 'succeeded'), ...targetsOf(world, 'running')]).size;
	const {marks} = ui.fleet;
	switch (screenOf(ui)) {
		case 'plan':
			return `Read what would be done on each VM; ${key('plan.confirm')} starts it.`;
		case 'fleet':
			if (begun >= wanted) return `They are on their way into the mesh: ${key('fleet.runs')} shows how far.`;
			return marks.size < wanted
				? `Mark three VMs with ${key('fleet.mark')}: ${marks.size} of ${wanted} so far.`
				: `${key('fleet.onboard')} plans how the marked VMs come into the mesh.`;
		case 'runs':
		case 'run':
			if (failed(world) !== undefined) return failedWords(world);
			if (begun >= wanted) return `Look on: ${key('runs.next')} shows the next VM, ${key('runs.open')} its steps.`;
			return `${key('back')} leads back to the fleet: three are to be onboarded.`;
		default:
			return `${key('back')} leads back to the fleet.`;
	}
}

function askWords(stuck: TargetRef, ui: Ui, world: World): string {
	const key = keysOf(world);
	const name = nameOf(stuck);
	if (isAsked(stuck, ui)) return `The doctor asks cluster, istiod and VM about ${name}.`;
	if (screenOf(ui) === 'fleet') return `${name} has been stuck for days: go to it, ${key('fleet.doctor')} asks why.`;
	return `In the mesh! But ${name} is stuck: ${key('back')}, then ${key('fleet.doctor')} on it.`;
}

function mendWords(stuck: TargetRef, cause: string, ui: Ui, world: World): string {
	const key = keysOf(world);
	const run = world.runs.findLast(({target}) => target === stuck);
	if (run?.status === 'running') return `${nameOf(stuck)} is being mended: look on.`;
	if (screenOf(ui) === 'plan') return `Read what would be done; ${key('plan.confirm')} starts it.`;
	if (isAsked(stuck, ui)) return `The cause is ${cause}: ${key('doctor.fix')} plans what mends it.`;
	if (run?.status === 'failed') return failedWords(world);
	return `${key('fleet.doctor')} on ${nameOf(stuck)} shows the cause, ${key('doctor.fix')} there mends it.`;
}

function seeWords(stuck: TargetRef, ui: Ui, world: World): string {
	const key = keysOf(world);
	const examined = world.examined.get(stuck);
	if (examined?.done === true && isHealthy(examined))
		return `All in the mesh, ${nameOf(stuck)} is sound: that is the job.`;
	if (!isAsked(stuck, ui)) return `Mended. ${key('runs.doctor')} on ${nameOf(stuck)} looks whether it is sound.`;
	return examined?.done === true
		? `${key('doctor.again')} looks once more whether it is sound.`
		: 'The doctor looks whether it is sound.';
}

function failedWords(world: World): string {
	return `A run has failed and says why: ${keysOf(world)('runs.retry')} tries it again.`;
}

function failed({runs}: World): RunState | undefined {
	return runs.find(({status}) => status === 'failed');
}

/** The targets of runs that brought proxies up, or do so now. */
function targetsOf({runs}: World, status: RunState['status']): ReadonlySet<TargetRef> {
	const bring = runs.filter((run) => run.status === status && run.options.task !== 'check');
	return new Set(bring.map(({target}) => target));
}

function isAsked(stuck: TargetRef, ui: Ui): boolean {
	return screenOf(ui) === 'doctor' && ui.doctor.refs.includes(stuck);
}

function nameOf(ref: TargetRef): string {
	return ref.slice(0, ref.lastIndexOf('.'));
}

function keysOf({keymap}: World): (intent: Intent) => string {
	return (intent) => keyFor(intent, keymap);
}
