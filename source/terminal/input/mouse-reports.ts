/** What the mouse did, on which cell of the screen, counted from 0. */
export type MouseEvent = {
	readonly kind: 'click' | 'wheel-up' | 'wheel-down';
	readonly column: number;
	readonly row: number;
};

/** Reports as xterm's mode 1006 has them (ctlseqs, "Extended coordinates"): button, column and line from 1, `m` for a release. */
const report = /\x1b\[<(\d{1,4});(\d{1,5});(\d{1,5})([Mm])/g;

/** The end of a text that may be the beginning of a report. Only `ESC [ <` is surely one: no key sends that. */
const begun = /\x1b(?:\[(?:<[\d;]{0,16})?)?$/;

const kinds: Readonly<Record<string, MouseEvent['kind']>> = {'0M': 'click', '64M': 'wheel-up', '65M': 'wheel-down'};

/** Takes the reports of the mouse out of what a terminal sends. `rest`: the end, which may go on with the next text. Other buttons mean nothing. */
export function takeReports(text: string): {
	readonly keys: string;
	readonly events: readonly MouseEvent[];
	readonly rest: string;
} {
	const events = [...text.matchAll(report)].flatMap(([, button, column, row, end]): readonly MouseEvent[] => {
		const kind = kinds[`${button}${end}`];
		return kind === undefined ? [] : [{kind, column: Number(column) - 1, row: Number(row) - 1}];
	});
	const keys = text.replaceAll(report, '');
	const rest = begun.exec(keys)?.[0] ?? '';
	return {keys: keys.slice(0, keys.length - rest.length), events, rest};
}
