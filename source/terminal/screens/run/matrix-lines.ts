import type {Check} from '../../../diagnosis/finding.ts';
import {joinHostPort} from '../../../mesh/ip.ts';
import {paragraph} from '../../text/document.ts';
import {type Line, span} from '../../text/line.ts';
import {flowWord} from '../../text/state-words.ts';
import {padTo, widthOf} from '../../text/width.ts';
import type {Glyphs} from '../../theme.ts';

/** The firewall matrix of a VM: a row for each way, under where it begins; below one that is not open, why. */
export function matrixLines(checks: readonly Check[], glyphs: Glyphs, width: number): readonly Line[] {
	const widest = (texts: readonly string[], most: number) => Math.min(most, Math.max(0, ...texts.map(widthOf)));
	const whys = widest(checks.map(whyOf), 30);
	const ends = widest(checks.map(endOf), 40);
	return checks.flatMap((check, index) => {
		const {from = '', outcome, detail, ms} = check;
		const word = flowWord(check, glyphs);
		const row: Line = [
			span('      '),
			span(padTo(endOf(check), ends + 2), 'accent'),
			span(padTo(whyOf(check), whys + 2)),
			{...word, text: word.text.padEnd(17)},
			span(`${ms} ms`.padStart(8), 'dim'),
		];
		return [
			...(from === '' || from === checks[index - 1]?.from ? [] : [[span(`    from ${from}`, 'dim')]]),
			row,
			...(outcome === 'passed' || detail === '' ? [] : paragraph([span('        ')], detail, width, 'dim')),
		];
	});
}

function whyOf({title, why = title}: Check): string {
	return why;
}

function endOf({to = '', port}: Check): string {
	return joinHostPort(to, port);
}
