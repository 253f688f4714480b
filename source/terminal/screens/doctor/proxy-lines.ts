import type {Examined} from '../../../onboarding/doctor/examination.ts';
import {mostLive} from '../../state/doctor-state.ts';
import {paragraph} from '../../text/document.ts';
import type {Line} from '../../text/line.ts';
import type {Glyphs} from '../../theme.ts';
import {changedKeys, proxyRows} from './proxy-rows.ts';

/** The proxy as it is now; what changed with the last round is marked. */
export function proxyLines(
	examined: Examined | undefined,
	glyphs: Glyphs,
	view: {readonly now: number; readonly width: number},
): readonly Line[] {
	if (examined?.view === undefined) {
		const isLate = examined?.done === true;
		const sentence = isLate
			? `Of more than ${mostLive} VMs at once the proxies themselves are not asked, nor where there is no entry: open fewer.`
			: 'The proxy is being looked at…';
		return paragraph([], sentence, view.width, 'dim');
	}
	// The mark takes a column.
	const inside = {...view, width: view.width - 2};
	const rows = proxyRows(examined.view, glyphs, inside);
	const before = examined.viewBefore === undefined ? rows : proxyRows(examined.viewBefore, glyphs, inside);
	const changed = changedKeys(before, rows);
	return rows.map(({key, line}) =>
		changed.has(key)
			? [{text: '*', tone: 'accent', bold: true}, ...line.map((piece) => ({...piece, inverse: true}))]
			: [{text: ' '}, ...line],
	);
}
