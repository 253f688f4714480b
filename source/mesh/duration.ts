const units: Readonly<Record<string, number>> = {h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9};

/**
 * A duration as Go's jsonpb writes it: seconds with 0, 3, 6 or 9 decimals (`45s`, `0.500s`). Takes what time.ParseDuration takes
 * (`1m30s`, `500ms`); undefined for anything else.
 */
export function protoDuration(text: string): string | undefined {
	const parsed = parse(text);
	if (parsed === undefined) return undefined;
	const {sign, nanoseconds} = parsed;
	const whole = Math.floor(nanoseconds / 1e9);
	const fraction = String(nanoseconds % 1e9)
		.padStart(9, '0')
		.replace(/^(\d*?)(?:000)+$/, '$1');
	return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}s`;
}

/** The seconds of a duration that time.ParseDuration takes, or of a whole number, which is taken for seconds; undefined for anything else. */
export function durationSeconds(text: string): number | undefined {
	if (/^\d+$/.test(text)) return Number(text);
	const parsed = parse(text);
	return parsed === undefined ? undefined : (parsed.sign === '-' ? -1 : 1) * (parsed.nanoseconds / 1e9);
}

function parse(text: string): {readonly sign: '' | '-'; readonly nanoseconds: number} | undefined {
	if (text === '0') return {sign: '', nanoseconds: 0};
	const parts = /^([-+]?)((?:(?:\d+\.?\d*|\.\d+)(?:h|ms|us|µs|ns|m|s))+)$/.exec(text);
	if (parts === null) return undefined;
	const [, sign, body = ''] = parts;
	let nanoseconds = 0;
	for (const [, amount = '', unit = ''] of body.matchAll(/([\d.]+)(h|ms|us|µs|ns|m|s)/g)) {
		nanoseconds += Math.round(Number(amount) * (units[unit] ?? 0) * 1e9);
	}
	return {sign: sign === '-' ? '-' : '', nanoseconds};
}
