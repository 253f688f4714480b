// Escape sequences (CSI, OSC and other strings, two-byte ones), then every other control and direction-changing character.
const sequences = /\u001B(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[ -/]*[0-~])/g;
const controls = /[\u0000-\u001F\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/g;

/** One line of text from a VM as it may be shown and kept: no control characters, at most `limit` characters. */
export function plainText(text: string, limit = 500): string {
	const plain = text
		.slice(0, limit * 20)
		.replaceAll(sequences, '')
		.replaceAll(controls, ' ')
		.trim();
	return plain.length > limit ? `${plain.slice(0, limit - 1)}…` : plain;
}

/** As `plainText`, for several lines: empty ones are left out, at most `lines` are kept, the last ones. */
export function plainLines(text: string, lines = 20): string {
	return text
		.split('\n')
		.map((line) => plainText(line))
		.filter((line) => line !== '')
		.slice(-lines)
		.join('\n');
}
