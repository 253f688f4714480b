import {writeSync} from 'node:fs';
import process from 'node:process';
import {bound} from './bound.ts';
import {type MouseEvent, takeReports} from './input/mouse-reports.ts';

/** The mouse of a terminal, for who has asked for it. */
export type Mouse = {
	/** What Ink reads in place of the terminal: all but the reports of the mouse. */
	readonly stdin: NodeJS.ReadStream;
	/** Asks the terminal to report clicks and the wheel. */
	ask(): void;
	/** Gives the mouse back to the terminal. */
	release(): void;
};

/** Modes 1000 (presses and the wheel) and 1006 (reports without a limit of columns) of xterm's control sequences. */
const modes = {on: '\x1b[?1000h\x1b[?1006h', off: '\x1b[?1006l\x1b[?1000l'};

/** What may begin a report is held back so long, in milliseconds: an escape key sends nothing more. */
const heldFor = 30;

/** Takes the mouse's reports out of what is typed, before Ink sees them: one that comes in parts would be text to it. */
export function createMouse(terminal: NodeJS.ReadStream, hear: (event: MouseEvent) => void): Mouse {
	let isAsked = false;
	let held = '';
	let isLate = false;
	let timer: NodeJS.Timeout | undefined;
	/** No report it was: what was held back is read again, as it came. */
	function letGo(): void {
		const text = held;
		held = '';
		isLate = true;
		terminal.unshift(text, 'utf8');
	}
	function read(): string | null {
		const chunk = terminal.read() as string | null;
		if (chunk === null) return null;
		clearTimeout(timer);
		const {keys, events, rest} = takeReports(held + chunk);
		held = isLate && chunk === rest ? '' : rest;
		isLate = false;
		if (held === '\x1b' || held === '\x1b[') timer = setTimeout(letGo, heldFor);
		for (const event of events) hear(event);
		return held === rest ? keys : keys + rest;
	}
	const give = (write: (text: string) => void) => {
		if (isAsked) write(modes.off);
		isAsked = false;
	};
	// Whatever ends the program, and a stream may have no time left to write.
	const last = () => {
		try {
			give((text) => writeSync(process.stdout.fd, text));
		} catch {
			// Then there is no terminal any more.
		}
	};
	return {
		stdin: new Proxy(terminal, {
			get: (target, name) => (name === 'read' ? read : bound(target, name)),
		}),
		ask() {
			if (isAsked) return;
			isAsked = true;
			process.stdout.write(modes.on);
			process.once('exit', last);
		},
		release() {
			process.off('exit', last);
			give((text) => process.stdout.write(text));
		},
	};
}
