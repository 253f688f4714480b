import {Box} from 'ink';
import type {Line} from '../text/line.ts';
import {Row} from './row.tsx';

type LinesProps = {
	readonly lines: readonly Line[];
	readonly width: number;
	/** Rows on the screen: what does not fit is not mounted, what is missing stays blank. */
	readonly height: number;
	/** The line that is shown first. */
	readonly top?: number;
};

/**
 * A window on a text of lines; only what can be seen is mounted. Rows are as wide as said: to let Ink clip them would measure
 * every line twice more for each frame.
 */
export function Lines({lines, width, height, top = 0}: LinesProps) {
	const seen = Array.from({length: Math.max(0, height)}, (_, row) => lines[top + row] ?? []);
	return (
		<Box flexDirection="column" width={width} height={height} flexShrink={0}>
			{seen.map((line, row) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is its place
				<Row key={row} line={line} width={width} />
			))}
		</Box>
	);
}
