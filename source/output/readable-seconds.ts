const units = [
	['d', 86_400],
	['h', 3600],
	['min', 60],
] as const;

/** A duration in seconds for people, in the largest unit of which there are two: `23 h`, `90 min`, `45 s`, `10 d`. */
export function readableSeconds(seconds: number): string {
	const [unit, size] = units.find(([, size]) => seconds >= 2 * size) ?? ['s', 1];
	return `${Math.floor(seconds / size)} ${unit}`;
}
