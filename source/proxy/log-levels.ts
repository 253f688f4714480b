/** Envoy's loggers with their levels, by name. */
export type LogLevels = Readonly<Record<string, string>>;

/** Reads the answer of `POST /logging` (envoy, source/server/admin/logs_handler.cc): `active loggers:`, then a line for each; undefined when it is none. */
export function parseLogLevels(body: string): LogLevels | undefined {
	const levels = [...body.matchAll(/^ +([\w.-]+): ([a-z]+)\r?$/gm)].map(([, name = '', level = '']) => [name, level]);
	return levels.length === 0 ? undefined : Object.fromEntries(levels);
}

/** The levels in words, the commonest first: `warning (45 loggers), misc error`. */
export function levelWords(levels: LogLevels): string {
	const most = commonest(levels);
	const all = Object.entries(levels);
	const others = all.filter(([, level]) => level !== most).map(([name, level]) => `${name} ${level}`);
	return [`${most} (${all.length - others.length} loggers)`, ...others].join(', ');
}

/** The requests that bring back these levels: all loggers to the commonest at once, then each that had another. */
export function requestsFor(levels: LogLevels): readonly string[] {
	const most = commonest(levels);
	const others = Object.entries(levels).filter(([, level]) => level !== most);
	return [`logging?level=${most}`, ...others.map(([name, level]) => `logging?${name}=${level}`)];
}

function commonest(levels: LogLevels): string {
	const counts = new Map<string, number>();
	for (const level of Object.values(levels)) counts.set(level, (counts.get(level) ?? 0) + 1);
	return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? 'warning';
}
