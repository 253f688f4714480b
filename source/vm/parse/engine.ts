import {plainText} from '../plain-text.ts';
import type {Said} from '../sections.ts';

/** How the container engine answered. `text`: its version, or its own words. */
export type EngineAnswer = {
	readonly state: 'usable' | 'missing' | 'denied' | 'stopped' | 'failed';
	readonly text: string;
	readonly architecture: string;
};

/** What `docker version --format` is to say: `20.10.24 amd64`. */
export const versionFormat = '{{.Server.Version}} {{.Server.Arch}}';

const denied = /permission denied/i;
// Docker 29 has new words for the old ones.
const stopped =
	/cannot connect to the docker daemon|is the docker daemon running|failed to connect to the docker api|connect: (connection refused|no such file)/i;

/** Reads the answer to `docker version` in `versionFormat`; `installed` tells whether there is such a command at all. */
export function parseEngine(said: Said | undefined, installed: boolean): EngineAnswer {
	if (!installed) return {state: 'missing', text: '', architecture: ''};
	const lines = said?.lines ?? [];
	const version = lines.map((line) => /^v?(\d[\w.+~-]*)(?: ([a-z0-9_]+))?\s*$/i.exec(line.trim())).find(Boolean);
	if (said?.code === 0 && version) {
		return {state: 'usable', text: plainText(version[1] ?? '', 60), architecture: version[2] ?? ''};
	}
	const words = plainText(lines.join(' '));
	const state = denied.test(words) ? 'denied' : stopped.test(words) ? 'stopped' : 'failed';
	// timeout(1) ends with 124.
	const text = said?.code === 124 ? 'no answer from the engine within 10 s' : words;
	return {state, text: text === '' ? 'no answer from the engine' : text, architecture: ''};
}
