import type {TargetRef} from '../mesh/workload-entry.ts';
import type {Examined} from '../onboarding/doctor/examination.ts';
import type {Examination, Session} from '../onboarding/session.ts';
import {mostLive} from './state/doctor-state.ts';

/** The examinations that the screens have begun, and what is known of each proxy since, for as long as the sitting lasts. */
export type Doctors = {
	/** A new object for every change. */
	known(): ReadonlyMap<TargetRef, Examined>;
	/** The examinations of some proxies that were begun last, of which a fix is planned. */
	of(refs: readonly TargetRef[]): readonly Examination[];
	/** Is anybody looked at now? */
	isLooking(): boolean;
	/** Ends what goes on and looks at these. `fail`: told of what concerns every target. */
	begin(session: Session, refs: readonly TargetRef[], watch: boolean, fail: (error: unknown) => void): void;
	/** Ends what goes on; what is known stays. */
	end(): void;
	/** Ends what goes on and forgets all: entries of another cluster are others. */
	forget(): void;
};

export function createDoctors(news: () => void): Doctors {
	let known: ReadonlyMap<TargetRef, Examined> = new Map();
	let begun = new Map<TargetRef, Examination>();
	let stop: AbortController | undefined;
	let going = 0;

	function end(): void {
		stop?.abort();
		stop = undefined;
		going = 0;
	}

	return {
		known: () => known,
		of: (refs) => refs.flatMap((ref) => begun.get(ref) ?? []),
		isLooking: () => going > 0,
		begin(session, refs, watch, fail) {
			end();
			const mine = new AbortController();
			stop = mine;
			going = refs.length;
			begun = new Map();
			for (const ref of refs) {
				const examination = session.examine(ref, mine.signal, {watch, live: refs.length <= mostLive});
				const take = () => {
					if (mine.signal.aborted) return;
					known = new Map(known).set(ref, examination.getSnapshot());
					news();
				};
				begun.set(ref, examination);
				take();
				examination.subscribe(take);
				examination
					.settled()
					.catch((error: unknown) => {
						if (!mine.signal.aborted) fail(error);
					})
					.finally(() => {
						if (stop !== mine) return;
						going--;
						news();
					});
			}
		},
		end,
		forget() {
			end();
			begun = new Map();
			known = new Map();
		},
	};
}
