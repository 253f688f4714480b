/** A span of time in two units, as kubectl tells ages: `42s`, `3m07s`, `5h12m`, `9d4h`, `412d`. */
export function duration(milliseconds: number): string {
	if (!Number.isFinite(milliseconds)) return '?';
	const seconds = Math.max(0, Math.floor(milliseconds / 1000));
	const minutes = Math.floor(seconds / 60);
	const hours = Math.floor(minutes / 60);
	const days = Math.floor(hours / 24);
	if (minutes < 1) return `${seconds}s`;
	if (hours < 1) return `${minutes}m${two(seconds % 60)}s`;
	if (days < 1) return `${hours}h${two(minutes % 60)}m`;
	return days < 100 ? `${days}d${hours % 24}h` : `${days}d`;
}

function two(number: number): string {
	return String(number).padStart(2, '0');
}
