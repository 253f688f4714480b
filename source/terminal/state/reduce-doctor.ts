import type {TargetRef} from '../../mesh/workload-entry.ts';
import {emptyField} from '../input/text-field.ts';
import type {Intent} from '../intent.ts';
import {evidenceLines} from '../screens/doctor/evidence-lines.ts';
import {boxOf} from '../screens/doctor/layout.ts';
import {proxyLines} from '../screens/doctor/proxy-lines.ts';
import {defaultGlyphs} from '../theme.ts';
import {doctorBoxes} from './doctor-boxes.ts';
import {
	doctorItems,
	fixableInFocus,
	itemInFocus,
	logInFocus,
	nextLevel,
	nextScope,
	proxyInFocus,
	remedyInFocus,
} from './doctor-items.ts';
import {type DoctorPane, type DoctorState, doctorPanes, noDoctor} from './doctor-state.ts';
import {listOf, type Move, moveBy, scrollBy} from './list-state.ts';
import {isMove, moveOf} from './move-of.ts';
import {back, just, open, type Step, say, type Ui} from './ui.ts';
import type {World} from './world.ts';

/** Opens the screen on some entries and begins to look at them. */
export function openDoctor(ui: Ui, refs: readonly TargetRef[]): Step {
	if (refs.length === 0) return just(say(ui, 'There is no entry here to choose.', 'warn'));
	const {watch} = ui.doctor;
	return {ui: open({...ui, doctor: {...noDoctor, watch, refs}}, 'doctor'), effects: [{kind: 'examine', refs, watch}]};
}

/** The keys of the doctor's screen. */
export function reduceDoctor(ui: Ui, intent: Intent, world: World): Step {
	const {doctor} = ui;
	if (isMove(intent)) return just(move(ui, moveOf(intent), world));
	switch (intent) {
		case 'doctor.next-pane':
			return just(toPane(ui, besides(doctor.pane, 1)));
		case 'doctor.previous-pane':
			return just(toPane(ui, besides(doctor.pane, -1)));
		case 'doctor.zoom':
			return change(ui, {zoom: !doctor.zoom});
		case 'doctor.copy': {
			const text = remedyInFocus(ui, world)?.command ?? '';
			return {ui, effects: [{kind: 'copy', text}]};
		}
		case 'doctor.fix':
			return planFix(ui, world);
		case 'doctor.next':
			return just(other(ui, 1));
		case 'doctor.previous':
			return just(other(ui, -1));
		case 'doctor.again':
			return {ui, effects: [{kind: 'examine', refs: doctor.refs, watch: doctor.watch}]};
		case 'doctor.watch':
			return {
				ui: {...ui, doctor: {...doctor, watch: !doctor.watch}},
				effects: [{kind: 'examine', refs: doctor.refs, watch: !doctor.watch}],
			};
		case 'doctor.raise': {
			const ref = proxyInFocus(ui, world)?.target ?? '';
			return {ui, effects: [{kind: world.raised.has(ref) ? 'put-back-level' : 'plan-level', ref}]};
		}
		case 'doctor.level':
			return filter(ui, {level: nextLevel(doctor.filter)});
		case 'doctor.scope':
			return filter(ui, {scope: nextScope(doctor.filter, proxyInFocus(ui, world)?.view?.log.lines ?? [])});
		case 'doctor.search':
			return filter(ui, {typing: true});
		case 'doctor.search-apply':
			return filter(ui, {typing: false});
		case 'doctor.search-clear':
			return filter(ui, {typing: false, text: emptyField});
		case 'back':
			if (doctor.zoom) return change(ui, {zoom: false});
			return just(back(ui));
		default:
			return just(ui);
	}
}

/** Asks for the plan that mends the cause under the cursor, of all that have it, and shows its screen. */
function planFix(ui: Ui, world: World): Step {
	const cases = fixableInFocus(ui, world);
	const [first] = cases;
	if (first === undefined) return just(ui);
	const refs = cases.map(({target}) => target);
	const ticket = ui.plan.ticket + 1;
	const options = {task: 'fix', prepare: false, force: false} as const;
	return {
		ui: open({...ui, plan: {...ui.plan, refs, options, ticket, result: {kind: 'loading'}, top: 0}}, 'plan'),
		effects: [{kind: 'plan-fix', refs, id: first.found.id, ticket}],
	};
}

function move(ui: Ui, step: Move, world: World): Ui {
	const {doctor} = ui;
	const items = doctorItems(ui, world);
	const box = boxOf(doctorBoxes(ui, world), doctor.pane);
	if (box === undefined) return ui;
	const {width, height} = box;
	const put = (tops: Partial<DoctorState['tops']>): Ui => ({
		...ui,
		doctor: {...doctor, tops: {...doctor.tops, ...tops}},
	});
	switch (doctor.pane) {
		case 'causes': {
			const source = listOf(items, ({key}) => key, doctor.list.index);
			const moved = {...put({evidence: 0}).doctor, list: moveBy(doctor.list, step, source, height)};
			return withFocus({...ui, doctor: moved}, world);
		}
		case 'evidence': {
			const item = itemInFocus(ui, world);
			const count = item === undefined ? 0 : evidenceLines(item, defaultGlyphs, width).length;
			return put({evidence: scrollBy(doctor.tops.evidence, step, count, height)});
		}
		case 'proxy': {
			const count = proxyLines(proxyInFocus(ui, world), defaultGlyphs, {now: world.now, width}).length;
			return put({proxy: scrollBy(doctor.tops.proxy, step, count, height)});
		}
		case 'log': {
			const count = logInFocus(ui, world).length;
			const top = scrollBy(doctor.tops.log ?? Math.max(0, count - height), step, count, height);
			// At its end it follows again.
			return put({log: step === 'last' ? undefined : top});
		}
	}
}

/** The proxy that is shown has the cause under the cursor. */
function withFocus(ui: Ui, world: World): Ui {
	const item = itemInFocus(ui, world);
	const shown = ui.doctor.focus ?? ui.doctor.refs[0];
	if (item?.kind !== 'cause' || item.cases.some(({target}) => target === shown)) return ui;
	return {...ui, doctor: {...ui.doctor, focus: item.cases[0].target}};
}

function other(ui: Ui, step: 1 | -1): Ui {
	const {doctor} = ui;
	const {refs, focus} = doctor;
	const at = Math.max(0, refs.indexOf(focus ?? refs[0] ?? ''));
	const next = refs[(at + step + refs.length) % refs.length];
	return {...ui, doctor: {...doctor, focus: next, tops: {...doctor.tops, proxy: 0, log: undefined}}};
}

function besides(pane: DoctorPane, step: 1 | -1): DoctorPane {
	const at = doctorPanes.indexOf(pane) + step + doctorPanes.length;
	return doctorPanes[at % doctorPanes.length] ?? 'causes';
}

/** The state with a part in focus. */
export function toPane(ui: Ui, pane: DoctorPane): Ui {
	const lower = pane === 'proxy' || pane === 'log' ? pane : ui.doctor.lower;
	return {...ui, doctor: {...ui.doctor, pane, lower}};
}

/** Who filters the log wants to see it. */
function filter(ui: Ui, part: Partial<DoctorState['filter']>): Step {
	const shown = toPane(ui, 'log');
	const {doctor} = shown;
	const next = {...doctor.filter, ...part};
	return just({...shown, doctor: {...doctor, tops: {...doctor.tops, log: undefined}, filter: next}});
}

function change(ui: Ui, part: Partial<DoctorState>): Step {
	return just({...ui, doctor: {...ui.doctor, ...part}});
}
