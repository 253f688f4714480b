import {plainText} from './plain-text.ts';

/** One question of a probe: sh commands whose output, and the exit code of the last, are the answer. */
export type Section = {readonly name: string; readonly commands: string};

/** What was said to one question; empty lines are left out. */
export type Said = {readonly code: number; readonly lines: readonly string[]};

// Output is bounded on the VM, so that nothing there can fill our memory: so many lines of so many bytes for a question.
const maxLines = 2000;
const maxBytes = 4000;

/** Of what the shell has itself: to start a program is what takes time on a VM. `IFS` and `set -f` cut an answer into its lines and leave those as they are. */
const tell = [
	"nl='",
	`'; tell() { printf '=%s %s\\n' "$1" "$2"; set -f; IFS=$nl count=0`,
	`for line in $3; do printf '|%.${maxBytes}s\\n' "$line"; count=$((count + 1)); if [ "$count" = ${maxLines} ]; then break; fi; done; unset IFS; set +f; }`,
].join('\n');

/** First line of what is run to look: of a long command it is all that a person sees in passing. */
export const lookNote = '# meshboard looks at this machine; it changes nothing';

/**
 * A POSIX sh script that asks all questions in one round trip and only looks. `setup` sets the variables that the questions use; `$nl` is a line break.
 *
 * Each answer begins with a line `=name code`, its own lines begin with `|`: so no output can pass for the answer to another
 * question. Commands get no standard input, the C locale, and root's PATH besides their own, since `ss` and `ip` live in
 * /usr/sbin, where a session without login does not look. `limited COMMAND` ends it after 10 s where timeout(1) is there.
 */
export function probeScript(setup: string, sections: readonly Section[]): string {
	return [
		lookNote,
		'LC_ALL=C PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin',
		'export LC_ALL PATH',
		'limited() { command -v "$1" >/dev/null 2>&1 || return 127; if command -v timeout >/dev/null 2>&1; then timeout 10 "$@"; else "$@"; fi; }',
		tell,
		'{',
		setup,
		...sections.map(({name, commands}) => `said=$(exec 2>&1; ${commands}\n); tell ${name} "$?" "$said"`),
		'} </dev/null',
		'',
	].join('\n');
}

/** Takes the output of a probe apart. A name that comes twice counts once, the first time; foreign lines are ignored. */
export function parseSections(output: string): ReadonlyMap<string, Said> {
	const found = new Map<string, {code: number; lines: string[]}>();
	let current: {code: number; lines: string[]} | undefined;
	for (const line of output.split('\n')) {
		const head = /^=([a-z-]+) (\d{1,3})\r?$/.exec(line);
		if (head !== null) {
			current = {code: Number(head[2]), lines: []};
			const name = head[1] ?? '';
			if (!found.has(name)) found.set(name, current);
		} else if (
			line.startsWith('|') &&
			line.trim() !== '|' &&
			current !== undefined &&
			current.lines.length < maxLines
		) {
			current.lines.push(line.slice(1, maxBytes + 1));
		}
	}
	return found;
}

/** The rest of the line `key …` of an answer, clean; empty when there is no such line. */
export function fieldOf(said: Said | undefined, key: string): string {
	const found = said?.lines.find((line) => line.startsWith(`${key} `));
	return found === undefined ? '' : plainText(found.slice(key.length + 1), 120);
}
