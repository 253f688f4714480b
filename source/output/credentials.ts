import {redacted} from './redact.ts';

/** `https://user:password@host`, in whatever scheme. */
const inUrl = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/"'@]+@/gi;
/** `PROXY_PASSWORD=…`, as in an environment; a path to a file with it is none. */
const inVariable =
	/\b([A-Z0-9_]*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)[A-Z0-9_]*=)(?!\/)[^\s"',\\]+/g;
/** `"password": "…"`, also where the JSON stands inside a string of JSON. */
const inJson =
	/(\\*"[\w-]*(?:password|passwd|secret|api_?key|access_?key|private_?key)\\*"\s*:\s*\\*")(?!\[redacted\])(?:[^"\\]|\\[^"])+/gi;
/** `Authorization: Bearer …`. */
const inHeader = /\b(Bearer|Basic)\s+[A-Za-z0-9+/=._~-]{8,}/g;

/** A text without what looks like a password or a key by the place in which it stands: for what leaves this machine. */
export function hideCredentials(text: string): string {
	return text
		.replace(inUrl, `$1${redacted}@`)
		.replace(inVariable, `$1${redacted}`)
		.replace(inJson, `$1${redacted}`)
		.replace(inHeader, `$1 ${redacted}`);
}
