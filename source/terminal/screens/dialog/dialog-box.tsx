import {Box} from 'ink';
import {fieldLine} from '../../components/field-line.ts';
import {Lines} from '../../components/lines.tsx';
import {useTheme} from '../../components/use-theme.ts';
import {bodyHeight} from '../../layout.ts';
import type {Ui} from '../../state/ui.ts';
import type {World} from '../../state/world.ts';
import {fitLine, type Line, span} from '../../text/line.ts';
import {wrap} from '../../text/width.ts';

type DialogBoxProps = {readonly ui: Ui; readonly world: World; readonly width: number};

/** A question over the middle of the screen: the session's (password, host key), else our own. One at a time. */
export function DialogBox({ui, world, width}: DialogBoxProps) {
	const {glyphs} = useTheme();
	const inner = Math.min(62, width - 6);
	const content = contentOf(ui, world, inner);
	if (content === undefined) return null;
	const room = bodyHeight(world.size);
	// The end holds the field and the keys: when there is no room for all, the middle of the explanation gives way.
	const kept =
		content.length <= room - 2 ? content : [...content.slice(0, Math.max(1, room - 5)), ...content.slice(-3)];
	const [topLeft, topRight, bottomLeft, bottomRight] = glyphs.corners;
	const edge = (left: string, right: string): Line => [
		span(`${left}${glyphs.rule.repeat(inner + 2)}${right}`, 'accent'),
	];
	const side = (text: string) => span(text.replace('|', glyphs.column), 'accent');
	const lines: readonly Line[] = [
		edge(topLeft, topRight),
		...kept.map((line): Line => [side('| '), ...fitLine(line, inner), side(' |')]),
		edge(bottomLeft, bottomRight),
	];
	const left = Math.max(0, Math.floor((width - inner - 4) / 2));
	const top = Math.max(1, 1 + Math.floor((room - lines.length) / 2));
	return (
		<Box position="absolute" top={top} left={left} width={inner + 4} height={lines.length}>
			<Lines lines={lines} width={inner + 4} height={lines.length} />
		</Box>
	);
}

function contentOf(ui: Ui, world: World, width: number): readonly Line[] | undefined {
	const {question} = world;
	if (question !== undefined) {
		const text = [...titled(question.title, width), ...texts((question.detail ?? '').split('\n'), width), []];
		if (question.kind === 'confirm') return [...text, yesNo];
		return [
			...text,
			fieldLine(span('> ', 'accent'), ui.answer, {width, active: true, masked: true}),
			submitOrNot('answer'),
		];
	}
	const {dialog} = ui;
	if (dialog === undefined) return undefined;
	const text = [...titled(dialog.title, width), ...texts(dialog.detail, width), []];
	if (dialog.kind === 'confirm' || dialog.kind === 'leave') return [...text, yesNo];
	return [...text, fieldLine(span('> ', 'accent'), dialog.field, {width, active: true}), submitOrNot('do it')];
}

const yesNo: Line = [span('y', 'accent'), span(' yes   '), span('n', 'accent'), span(' no (enter, esc)')];

function submitOrNot(words: string): Line {
	return [span('enter', 'accent'), span(` ${words}   `), span('esc', 'accent'), span(' do not')];
}

function titled(title: string, width: number): readonly Line[] {
	return wrap(title, width).map((line) => [span(line, 'title')]);
}

function texts(detail: readonly string[], width: number): readonly Line[] {
	return detail.filter((text) => text !== '').flatMap((text) => wrap(text, width).map((line) => [span(line)]));
}
