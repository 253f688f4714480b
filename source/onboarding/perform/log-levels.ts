import type {Target} from '../../mesh/target.ts';
import type {TargetRef} from '../../mesh/workload-entry.ts';
import type {RaisedLevel, Session} from '../session.ts';
import {type LevelParts, planLogLevel, raiseLogLevel} from './log-level.ts';

/** The log levels of a sitting: what is raised is put back at its end. */
export function createLogLevels(
	{connector, ...others}: Omit<LevelParts, 'connector'> & {connector(): Promise<LevelParts['connector']>},
	resolve: (ref: TargetRef) => Promise<Target>,
	signal: AbortSignal,
): Session['logLevel'] & {close(): Promise<void>} {
	const parts = async () => ({...others, connector: await connector()});
	const raised = new Set<RaisedLevel>();
	return {
		async plan(ref) {
			return planLogLevel(await parts(), await resolve(ref), signal);
		},
		async raise(wanted) {
			const level = await raiseLogLevel(await parts(), wanted, signal);
			raised.add(level);
			void level.ended.then(() => raised.delete(level));
			return level;
		},
		async close() {
			await Promise.all([...raised].map((level) => level.putBack()));
		},
	};
}
