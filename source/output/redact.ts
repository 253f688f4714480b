/** What stands in the place of a secret. */
export const redacted = '[redacted]';

/** Shorter words turn up everywhere: replacing them would hide the output and protect nothing. */
const shortestSecret = 4;

/** A JSON Web Token, also one that breaks off in its payload; the middle part alone is no secret. */
const webToken = /\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)*/g;
const privateKey = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g;
const keyBegins = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/;
const keyEnds = /-----END [A-Z0-9 ]*PRIVATE KEY-----/;

/** Hides the secrets that it was told of, and what looks like a token or a private key without being told. */
export type Redactor = {
	/** From now on this text is hidden wherever it turns up; of several lines each is hidden by itself too. */
	add(secret: string): void;
	/** A whole text, of one line or several, without its secrets. */
	redact(text: string): string;
	/** For one stream, line by line: it remembers that it is inside a private key. */
	lines(): (line: string) => string;
};

/** One for a process: a secret of one run has no place in the output of another. */
export function createRedactor(): Redactor {
	const secrets = new Set<string>();
	/** Longest first: a secret that contains another is hidden whole. */
	let ordered: readonly string[] = [];

	function hideKnown(text: string): string {
		let result = text;
		for (const secret of ordered) if (result.includes(secret)) result = result.replaceAll(secret, redacted);
		return result.includes('eyJ') ? result.replace(webToken, redacted) : result;
	}

	return {
		add(secret) {
			const parts = [secret, secret.trim(), ...secret.split(/\r?\n/).map((line) => line.trim())];
			for (const part of parts) if (part.length >= shortestSecret) secrets.add(part);
			ordered = [...secrets].sort((a, b) => b.length - a.length);
		},
		redact(text) {
			const result = hideKnown(text);
			return result.includes('PRIVATE KEY') ? result.replace(privateKey, redacted) : result;
		},
		lines() {
			let insideKey = false;
			return (line) => {
				if (!insideKey && !line.includes('PRIVATE KEY')) return hideKnown(line);
				const ends = keyEnds.exec(line);
				if (insideKey && ends === null) return redacted;
				const rest = insideKey && ends !== null ? redacted + line.slice(ends.index + ends[0].length) : line;
				const begins = keyBegins.exec(rest);
				insideKey = begins !== null && !keyEnds.test(rest.slice(begins.index));
				return hideKnown(rest).replace(privateKey, redacted);
			};
		},
	};
}
