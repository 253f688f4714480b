import {createCleanLines} from '../output/clean-lines.ts';
import {clockTime} from '../output/clock-time.ts';
import type {LineSplitter} from '../output/line-splitter.ts';
import type {Redactor} from '../output/redact.ts';
import {createRingBuffer} from '../output/ring-buffer.ts';
import type {RunEvent} from './event.ts';
import {foldCommand} from './fold-command.ts';
import type {RunJournal} from './journal.ts';
import type {OnOutput} from './perform/on-output.ts';
import type {OutputView} from './session.ts';

/** The output of one run: everything that a person would have seen in a shell, in memory for the pane and whole in the step's log. */
export type RunOutput = OutputView & {
	/** Takes the bytes of a step's commands. */
	of(step: string): OnOutput;
	/** Writes what an event says between the output lines: titles, commands, how steps ended. */
	tell(event: RunEvent): void;
};

export type RunOutputParts = {
	readonly journal: RunJournal;
	readonly redactor: Redactor;
	readonly now: () => Date;
	/** Told of every output line of a command. */
	readonly onLine: (step: string, stream: 'stdout' | 'stderr', line: string) => void;
	readonly onChange: () => void;
};

/** What belongs to the line before it stands under it: the further lines of a command. */
const under = '    ';

/** What a mark begins and ends with. */
export const markSign = '─'.repeat(8);

export function createRunOutput(parts: RunOutputParts): RunOutput {
	const ring = createRingBuffer();
	const streams = new Map<string, LineSplitter>();

	function show(text: string): void {
		for (const line of text.split('\n')) ring.push(line, parts.now().getTime());
		parts.onChange();
	}

	function write(step: string, line: string): void {
		parts.journal.line(step, line);
		show(line);
	}

	function say(step: string, text: string): void {
		for (const line of text.split('\n')) write(step, line);
	}

	function streamOf(step: string, stream: 'stdout' | 'stderr'): LineSplitter {
		const key = `${stream} ${step}`;
		let splitter = streams.get(key);
		if (splitter === undefined) {
			splitter = createCleanLines(parts.redactor, (line) => {
				write(step, line);
				parts.onLine(step, stream, line);
			});
			streams.set(key, splitter);
		}
		return splitter;
	}

	/** A line without an end is a line when its command is over. */
	function finish(step: string): void {
		for (const stream of ['stdout', 'stderr'] as const) {
			streams.get(`${stream} ${step}`)?.end();
			streams.delete(`${stream} ${step}`);
		}
	}

	return {
		of: (step) => (stream, chunk) => streamOf(step, stream).push(chunk),
		tell(event) {
			switch (event.event) {
				case 'step.started':
					return write(event.step, `── ${event.title}`);
				case 'command':
					finish(event.step);
					for (const line of `$ ${event.text}`.split('\n')) parts.journal.line(event.step, line);
					return show(`$ ${foldCommand(event.text)}`.replaceAll('\n', `\n${under}`));
				case 'step.succeeded':
					finish(event.step);
					return say(event.step, `✓ ${event.detail}`);
				case 'step.skipped':
					finish(event.step);
					return say(event.step, `– skipped: ${event.reason}`);
				case 'step.failed':
					finish(event.step);
					return say(event.step, `✗ ${event.reason}`);
				case 'finding':
					return say(event.step, `! ${event.finding.id}: ${event.finding.summary}`);
				default:
					return undefined;
			}
		},
		get version() {
			return ring.version;
		},
		get length() {
			return ring.length;
		},
		get dropped() {
			return ring.dropped;
		},
		window: ring.window,
		times: ring.times,
		search: ring.search,
		mark: () => show(`${markSign} ${clockTime(parts.now())} ${markSign}`),
		path: parts.journal.path,
	};
}
