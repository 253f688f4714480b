/** The time of day on this machine's clock: `04:07:31`. */
export function clockTime(time: Date): string {
	return time.toTimeString().slice(0, 8);
}
