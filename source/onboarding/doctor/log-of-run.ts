import type {Container} from '../../proxy/container.ts';
import {parseLogLine} from '../../proxy/log-line.ts';

/** A container that was started so short a time ago, and not for the first time, does not stay; in seconds. */
const settled = 15;

/** Does the engine start it again and again? `now`: the VM's clock, 0 when unknown. */
export function isRestless({restarts, startedAt}: Container, now: number): boolean {
	return restarts > 0 && startedAt !== undefined && now !== 0 && now - startedAt < settled;
}

/**
 * The lines of a container's present or last run: its engine keeps those of the runs before too, whose troubles are over. All of them
 * where it is started again and again, for each run says why it ended.
 */
export function logOfRun(lines: readonly string[], container: Container | undefined, now: number): readonly string[] {
	const startedAt = container?.startedAt;
	if (container === undefined || startedAt === undefined || container.status === 'restarting') return lines;
	if (isRestless(container, now)) return lines;
	const times = lines.map((line) => Date.parse(parseLogLine(line).time) / 1000);
	const last = times.findLastIndex((time) => time < startedAt);
	// A line without a time is of the run before as long as one with a time follows that is of this run.
	const first = times.findIndex((time, index) => index > last && time >= startedAt);
	return lines.slice(first === -1 ? last + 1 : last === -1 ? 0 : first);
}
