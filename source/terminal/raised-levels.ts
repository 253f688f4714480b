import type {TargetRef} from '../mesh/workload-entry.ts';
import type {LevelPlan, RaisedLevel, Session} from '../onboarding/session.ts';

/** The log levels that the screens have raised. */
export type RaisedLevels = {
	/** Until when, in ms since 1970; a new object for every change. */
	known(): ReadonlyMap<TargetRef, number>;
	raise(session: Session, plan: LevelPlan): Promise<void>;
	/** Of one proxy, or of all. */
	putBack(ref?: TargetRef): Promise<void>;
};

export function createRaisedLevels(news: () => void): RaisedLevels {
	const raised = new Map<TargetRef, RaisedLevel>();
	let known: ReadonlyMap<TargetRef, number> = new Map();
	const tell = () => {
		known = new Map([...raised].map(([ref, {until}]) => [ref, until]));
		news();
	};
	return {
		known: () => known,
		async raise(session, plan) {
			const level = await session.logLevel.raise(plan);
			raised.set(level.ref, level);
			tell();
			void level.ended.then(() => {
				if (raised.get(level.ref) === level) raised.delete(level.ref);
				tell();
			});
		},
		async putBack(ref) {
			const meant = [...raised.values()].filter((level) => ref === undefined || level.ref === ref);
			await Promise.all(meant.map((level) => level.putBack()));
		},
	};
}
