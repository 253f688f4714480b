import type {StepTimes} from '../onboarding/progress.ts';
import type {RunState} from '../onboarding/run.ts';
import type {Session, Store} from '../onboarding/session.ts';
import {coalesce} from './coalesce.ts';
import type {Cockpit, ControllerOptions} from './cockpit.ts';
import {createDoctors} from './doctors.ts';
import {createFlashes} from './flashes.ts';
import {forgetNotices} from './forget-notices.ts';
import type {MouseEvent} from './input/mouse-reports.ts';
import type {Key} from './input/split-keys.ts';
import {performEffect} from './perform-effect.ts';
import {problemOf} from './problem-of.ts';
import {createRaisedLevels} from './raised-levels.ts';
import {screensOf} from './screens-of.ts';
import type {Effect} from './state/effect.ts';
import {point} from './state/point.ts';
import {paste, press} from './state/press.ts';
import {seeChecks} from './state/see-checks.ts';
import {seekEntry} from './state/seek-entry.ts';
import {initialUi, type Step, say, screenOf, type Ui} from './state/ui.ts';
import {activeRuns, type Link, type ProfileItem, type Size, type World} from './state/world.ts';
import {createStore} from './store.ts';
import {watchChecks} from './watch-checks.ts';

/** What the controller needs of the terminal; Ink gives it once the first frame stands. */
export type TerminalHandles = {
	/** Gives the terminal to another program while the callback runs, then draws everything again. */
	readonly suspend: (callback: () => Promise<void>) => Promise<void>;
};

/** The state of the screens, the world that they look at, and the keys that change them. */
export type Controller = Store<{readonly ui: Ui; readonly world: World}> & {
	press(key: Key): void;
	paste(text: string): void;
	/** The mouse was used, where it was asked for. */
	point(event: MouseEvent): void;
	resize(size: Size): void;
	/** Takes the terminal's handles; returns the function that gives them back. */
	attach(handles: TerminalHandles): () => void;
	/** True while another program has the terminal. */
	isAway(): boolean;
	/** Leaves: resolves `ended` after what must be done before. */
	quit(exitCode: number | undefined, cancel: boolean): void;
	/** The exit code; undefined: by how the runs ended; `demo`: that is wanted instead. */
	readonly ended: Promise<number | 'demo' | undefined>;
	/** The session, once it stands. */
	session(): Session | undefined;
	/** Every run of this sitting, also of sessions before this one, with the folder of its logs. */
	runs(): readonly PastRun[];
	/** Ends timers and subscriptions. */
	stop(): void;
};

export type PastRun = {readonly run: RunState; readonly path: string};

/** So many lines of the command line are remembered. */
const mostLines = 200;
/**
 * News of the session is drawn at most this often, in milliseconds; keys are answered at once. A long list costs some milliseconds to
 * order, group and measure, and nobody follows its news faster.
 */
const drawEvery = {short: 40, long: 250};
const longList = 2000;
const secondly = 1000;
/** Ages are told in minutes and days: the clock of an idle screen may be slow. */
const idly = 30_000;

/** `first`: the session that is being opened; undefined: the set-up asks first which. */
export function createController(first: Promise<Session> | undefined, options: ControllerOptions): Controller {
	const ended = Promise.withResolvers<number | 'demo' | undefined>();
	let session: Session | undefined;
	let link: Link = {kind: first === undefined ? 'unasked' : 'connecting', context: options.context};
	let broken: readonly RunState[] = [];
	let times: StepTimes = new Map();
	let profileItems: readonly ProfileItem[] = [];
	let contexts: readonly string[] = [];
	let history: readonly string[] = [];
	let {size} = options;
	let isTourHidden = false;
	let handles: TerminalHandles | undefined;
	let unsubscribe: Array<() => void> = [];
	let timer: NodeJS.Timeout | undefined;
	let generation = 0;
	let past: readonly PastRun[] = [];
	let sought = options.target;
	let away = 0;

	const notices = forgetNotices(() => publish({...store.getSnapshot().ui, notice: undefined}));
	const flashes = createFlashes(() => news());
	const watch = watchChecks((run) => attempt(() => session?.runs.retry(run)));
	const doctors = createDoctors(() => news());
	const levels = createRaisedLevels(() => news());
	const output = (run: string) => session?.runs.output(run);
	const look = (): World => ({
		link,
		fleet: session?.fleet.getSnapshot() ?? noFleet,
		fresh: flashes.see(session?.fleet.getSnapshot() ?? noFleet),
		runs: session?.runs.getSnapshot() ?? noRuns,
		times,
		examined: doctors.known(),
		raised: levels.known(),
		broken,
		question: session?.prompts.getSnapshot(),
		profiles: profileItems,
		contexts,
		keymap: options.keymap,
		history,
		output,
		...screensOf(size, options.tour, isTourHidden),
		now: Date.now(),
		readOnly: options.readOnly || session?.profile.readOnly === true,
		version: options.version,
		canConnect: options.connect !== undefined,
		canSetUp: options.setUp !== undefined,
		kept: options.kept,
		offersDemo: options.offersDemo,
	});
	const store = createStore({ui: initialUi(options.initialScreen), world: look()});

	function publish(before: Ui): void {
		// Nobody is asked for a screen that is left.
		if (!before.stack.includes('doctor')) {
			doctors.end();
			levels.putBack().catch(tell);
		}
		const world = look();
		const ui = seeChecks(before, world);
		watch.see(ui, world);
		store.set({ui, world});
		notices.see(ui.notice);
		clearTimeout(timer);
		timer = setTimeout(
			() => publish(store.getSnapshot().ui),
			activeRuns(world).length > 0 || doctors.isLooking() ? secondly : idly,
		);
		timer.unref();
		// However the set-up is left, what follows needs a connection.
		if (link.kind === 'unasked' && !ui.stack.includes('set-up')) perform({kind: 'connect'});
	}
	const news = coalesce(
		() => publish(arrive(store.getSnapshot().ui)),
		() => (store.getSnapshot().world.fleet.rows.length < longList ? drawEvery.short : drawEvery.long),
	);

	/** Goes once to the entry that was asked for at the start; whoever has pressed a key since then is left where they are. */
	function arrive(ui: Ui): Ui {
		const there = sought === undefined ? undefined : seekEntry(ui, sought, look());
		if (there !== undefined) sought = undefined;
		return there ?? ui;
	}

	const cockpit: Cockpit = {
		options,
		doctors,
		levels,
		session: () => session,
		profiles: () => session?.profiles ?? options.profiles,
		world: look,
		change: (next) => publish(next(store.getSnapshot().ui)),
		link: linkTo,
		context: () => link.context,
		async remember(line) {
			history = [...history.filter((other) => other !== line), line].slice(-mostLines);
			await options.history?.add(line);
		},
		refreshProfiles() {
			profileItems = cockpit.profiles()?.list() ?? [];
			news();
		},
		async refreshBroken() {
			broken = (await session?.runs.interrupted()) ?? [];
			news();
		},
		async refreshTimes() {
			times = (await session?.runs.times()) ?? times;
			news();
		},
		quit,
		openDemo: () => ended.resolve('demo'),
		toggleTour() {
			isTourHidden = !isTourHidden;
			publish(store.getSnapshot().ui);
		},
		async suspend(callback) {
			// Another program has it already, for a key that was typed right after the first.
			if (away > 0) return;
			away += 1;
			options.mouse?.release();
			try {
				await handles?.suspend(callback);
			} finally {
				away -= 1;
				options.mouse?.ask();
			}
		},
	};

	function linkTo(opening: Promise<Session>, context: string): void {
		generation += 1;
		const mine = generation;
		for (const end of unsubscribe) end();
		unsubscribe = [];
		const before = session;
		past = runsSoFar();
		session = undefined;
		flashes.forget();
		doctors.forget();
		broken = [];
		link = {kind: 'connecting', context};
		void before?.close().catch(() => {});
		const names = options.contexts?.() ?? Promise.resolve([]);
		void names
			.catch(() => [])
			.then((known) => {
				contexts = known;
			});
		opening.then(
			(opened) => {
				if (mine !== generation) return void opened.close();
				session = opened;
				link = {
					kind: 'ready',
					context: opened.context,
					server: opened.server,
					namespaces: opened.profile.namespaces ?? [],
				};
				unsubscribe = [opened.fleet.subscribe(news), opened.runs.subscribe(news), opened.prompts.subscribe(news)];
				attempt(() => cockpit.refreshProfiles());
				cockpit.refreshBroken().catch(tell);
				// With an admin account the whole way is meant, from a bare VM into the mesh; `p` leaves preparation out.
				const prepare = opened.profile.adminUser !== undefined;
				const {ui} = store.getSnapshot();
				publish({...ui, plan: {...ui.plan, prepare}});
			},
			(error: unknown) => {
				if (mine !== generation) return;
				link = {kind: 'failed', context, problem: problemOf(error)};
				attempt(() => cockpit.refreshProfiles());
				publish(store.getSnapshot().ui);
			},
		);
		publish(store.getSnapshot().ui);
	}

	function runsSoFar(): readonly PastRun[] {
		const states = session?.runs.getSnapshot() ?? [];
		return [...past, ...states.map((run) => ({run, path: output(run.id)?.path ?? ''}))];
	}

	function tell(error: unknown): void {
		const {sentence, hint} = problemOf(error);
		cockpit.change((ui) => say(ui, hint === '' ? sentence : `${sentence} ${hint}`, 'bad'));
	}

	/** A fault in what a key does must not take the runs with it. */
	function attempt(act: () => void, told = tell): void {
		try {
			act();
		} catch (error) {
			told(error);
		}
	}

	/** Reads the profiles again where they are shown: an editor, or another meshboard, may have changed them. */
	function reread(told: (error: unknown) => void): void {
		if (screenOf(store.getSnapshot().ui) === 'profiles') attempt(() => cockpit.refreshProfiles(), told);
	}

	function take(step: Step): void {
		publish(step.ui);
		for (const effect of step.effects) perform(effect);
	}

	function perform(effect: Effect): void {
		performEffect(effect, cockpit).catch(tell);
	}

	function quit(exitCode: number | undefined, cancel: boolean): void {
		if (!cancel || session === undefined) return ended.resolve(exitCode);
		const {runs} = session;
		cockpit.change((ui) => say(ui, 'Cancelling what is under way; ctrl+c leaves at once.', 'warn'));
		for (const run of activeRuns({runs: runs.getSnapshot()})) attempt(() => runs.cancel(run.id));
		runs.settled().then(
			() => ended.resolve(exitCode),
			() => ended.resolve(exitCode),
		);
	}

	if (first !== undefined) linkTo(first, options.context);
	void options.history?.read().then((lines) => {
		history = [...lines, ...history];
	});
	return {
		getSnapshot: store.getSnapshot,
		subscribe: store.subscribe,
		press(key) {
			sought = undefined;
			// What is new is drawn with the key: the next news can wait, so that it is not in the way of the next key.
			news.done();
			// What the key is about is what the file holds now; a fault of it is told over what the key says.
			reread(() => {});
			attempt(() => take(press(store.getSnapshot().ui, key, look())));
			reread(tell);
		},
		paste: (text) => attempt(() => take(paste(store.getSnapshot().ui, text, look()))),
		point(event) {
			sought = undefined;
			attempt(() => take(point(store.getSnapshot().ui, event, look())));
		},
		resize(next) {
			size = next;
			publish(store.getSnapshot().ui);
		},
		attach(given) {
			handles = given;
			// The first frame stands: nothing was looked at for it.
			if (screenOf(store.getSnapshot().ui) === 'set-up') perform({kind: 'survey'});
			return () => {
				handles = undefined;
			};
		},
		isAway: () => away > 0,
		quit,
		ended: ended.promise,
		session: () => session,
		runs: runsSoFar,
		stop() {
			generation += 1;
			doctors.end();
			clearTimeout(timer);
			notices.stop();
			news.stop();
			flashes.stop();
			watch.stop();
			for (const end of unsubscribe) end();
		},
	};
}

const noFleet = {rows: [], state: {kind: 'connecting'}, complete: false} as const;
const noRuns: readonly RunState[] = [];
