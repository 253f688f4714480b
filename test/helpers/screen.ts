import xterm from '@xterm/headless';
import stringWidth from 'string-width';

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

/**
 * Widths as terminals of today have them, code point by code point (xterm.js by itself knows those of Unicode 6, where no emoji is wide). How
 * a property is written is said in its UnicodeService: the width from the second bit on, in the first that it joins the one before.
 */
const widths: xterm.IUnicodeVersionProvider = {
	version: 'today',
	wcwidth: (code) => (code < 0x7f ? 1 : widthOfCode(code)),
	charProperties(code, before) {
		const width = widths.wcwidth(code);
		const widthBefore = (before >> 1) & 3;
		const joins = width === 0 && widthBefore > 0;
		return ((joins ? widthBefore : width) << 1) | (joins ? 1 : 0);
	},
};

/** A terminal that takes every character for so wide, but for ASCII, signs, arrows and boxes. */
function stubborn(width: 0 | 1 | 2): xterm.IUnicodeVersionProvider {
	return {
		version: `all ${width}`,
		wcwidth: (code) =>
			code < 0x7f || (code >= 0x2010 && code < 0x2600) || [0xb7, 0xbb, 0x2713].includes(code) ? 1 : width,
		charProperties(code, before) {
			const own = this.wcwidth(code);
			const widthBefore = (before >> 1) & 3;
			const joins = own === 0 && widthBefore > 0;
			return ((joins ? widthBefore : own) << 1) | (joins ? 1 : 0);
		},
	};
}

/** Rules by which the terminal may take characters for wide: those of today, of 2010, and three that nobody has. */
export const widthRules = ['today', '6', 'all 0', 'all 1', 'all 2'] as const;

const known = new Map<number, 0 | 1 | 2>();

function widthOfCode(code: number): 0 | 1 | 2 {
	const width = known.get(code) ?? (Math.min(2, stringWidth(String.fromCodePoint(code))) as 0 | 1 | 2);
	known.set(code, width);
	return width;
}

/** An empty screen. */
export function createScreen(size: Size): Screen {
	const terminal = new xterm.Terminal({
		cols: size.columns,
		rows: size.rows,
		scrollback: 1000,
		allowProposedApi: true,
	});
	for (const rule of [widths, stubborn(0), stubborn(1), stubborn(2)]) terminal.unicode.register(rule);
	terminal.unicode.activeVersion = widths.version;
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
