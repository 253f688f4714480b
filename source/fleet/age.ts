const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** The age of something created at `createdAt` (RFC 3339), as kubectl writes it: `45s`, `3m10s`, `2h5m`, `3d4h`, `12d`, `2y40d`. Source: k8s.io/apimachinery duration.HumanDuration. */
export function age(createdAt: string, now: Date): string {
	const milliseconds = now.getTime() - Date.parse(createdAt);
	if (Number.isNaN(milliseconds)) return '<unknown>';
	if (milliseconds < 0) return '0s';
	const pair = (big: number, bigUnit: string, small: number, smallUnit: string) => {
		const whole = Math.floor(milliseconds / big);
		const rest = Math.floor((milliseconds % big) / small);
		return `${whole}${bigUnit}${rest === 0 ? '' : `${rest}${smallUnit}`}`;
	};
	if (milliseconds < 2 * minute) return `${Math.floor(milliseconds / second)}s`;
	if (milliseconds < 10 * minute) return pair(minute, 'm', second, 's');
	if (milliseconds < 3 * hour) return `${Math.floor(milliseconds / minute)}m`;
	if (milliseconds < 8 * hour) return pair(hour, 'h', minute, 'm');
	if (milliseconds < 2 * day) return `${Math.floor(milliseconds / hour)}h`;
	if (milliseconds < 8 * day) return pair(day, 'd', hour, 'h');
	if (milliseconds < 2 * 365 * day) return `${Math.floor(milliseconds / day)}d`;
	if (milliseconds < 8 * 365 * day) return pair(365 * day, 'y', day, 'd');
	return `${Math.floor(milliseconds / (365 * day))}y`;
}
