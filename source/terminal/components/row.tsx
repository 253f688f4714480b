import {Text, useIsScreenReaderEnabled} from 'ink';
import {memo} from 'react';
import {fitLine, type Line, trimLine} from '../text/line.ts';
import {useTheme} from './use-theme.ts';

type RowProps = {readonly line: Line; readonly width: number};

/** One line of the screen, at most `width` columns; blanks at its end are not drawn: Ink's time for a frame grows with its characters. Lines that say the same as before are not drawn again. */
export const Row = memo(
	function Row({line, width}: RowProps) {
		const theme = useTheme();
		// Then the signs are for linear/page.ts.
		const isReadOut = useIsScreenReaderEnabled();
		return (
			<Text wrap="truncate">
				{trimLine(fitLine(line, width)).map((piece, index) => (
					// biome-ignore lint/suspicious/noArrayIndexKey: pieces have no identity but their place
					<Text key={index} {...theme.look(piece)}>
						{isReadOut ? piece.text : theme.text(piece.text)}
					</Text>
				))}
			</Text>
		);
	},
	(before, after) => before.width === after.width && sameLine(before.line, after.line),
);

function sameLine(a: Line, b: Line): boolean {
	if (a === b) return true;
	if (a.length !== b.length) return false;
	return a.every((piece, index) => {
		const other = b[index];
		return (
			other !== undefined &&
			piece.text === other.text &&
			piece.tone === other.tone &&
			piece.bold === other.bold &&
			piece.inverse === other.inverse
		);
	});
}
