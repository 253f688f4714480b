import xterm from '@xterm/headless';

export type Size = {readonly columns: number; readonly rows: number};

/** A terminal emulator without a window: what a person would see of bytes that a program wrote. */
export type Screen = {
	/** Takes bytes; resolves when they are drawn. */
	write(data: string): Promise<void>;
	resize(size: Size): void;
	/** The visible lines, without blanks at their ends. */
	lines(): readonly string[];
	/** The visible lines as one text. */
	text(): string;
	/** True while the alternate screen is shown. */
	isAlternate(): boolean;
	/** True while pasted text is marked as such (`CSI ?2004 h`). */
	isPasteMarked(): boolean;
	readonly terminal: xterm.Terminal;
};

/** An empty screen. */
export function createScreen(size: Size): Screen {
	const terminal = new xterm.Terminal({
		cols: size.columns,
		rows: size.rows,
		scrollback: 1000,
		allowProposedApi: true,
	});
	const lines = () => {
		const {active} = terminal.buffer;
		return Array.from(
			{length: terminal.rows},
			(_, row) =>
				active
					.getLine(active.baseY + row)
					?.translateToString(true, 0, terminal.cols)
					.trimEnd() ?? '',
		);
	};
	return {
		write: (data) => new Promise((resolve) => terminal.write(data, resolve)),
		resize: ({columns, rows}) => terminal.resize(columns, rows),
		lines,
		text: () => lines().join('\n'),
		isAlternate: () => terminal.buffer.active.type === 'alternate',
		isPasteMarked: () => terminal.modes.bracketedPasteMode,
		terminal,
	};
}
