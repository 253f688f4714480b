import {type TextField, viewField} from '../input/text-field.ts';
import {type Line, type Span, span} from '../text/line.ts';

/** A text field on one line: label, text and cursor. Masked fields show a dot for each character. */
export function fieldLine(
	label: Span,
	field: TextField,
	view: {readonly width: number; readonly active: boolean; readonly masked?: boolean},
): Line {
	const width = Math.max(4, view.width - label.text.length);
	if (!view.active) return [label, span(view.masked ? '•'.repeat(field.cursor) : field.text)];
	const {before, at, after} = viewField(field, width, view.masked);
	return [label, span(before), {text: at, inverse: true}, span(after)];
}
