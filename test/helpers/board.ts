import process from 'node:process';
import {type Pty, startPty} from './pty.ts';

/* The screens on a fake session (test/terminal/fixture-app.tsx), as measurements want them: large, and with the least around them. */

/** Starts what `buildFixture` has built; `fixture` chooses what happens. */
export function startBoard(app: string, fixture: Readonly<Record<string, unknown>>): Pty {
	const env = {FIXTURE: JSON.stringify(fixture), NODE_ENV: 'production'};
	return startPty(process.execPath, [app], {columns: 200, rows: 50, env});
}

/** Onboards the first eight entries; resolves when their runs have begun, as `seen` shows. */
export async function startEightRuns(pty: Pty, seen: string): Promise<void> {
	await pty.waitFor('vm-00000');
	pty.type('        o');
	await pty.waitFor('Onboard 8 VMs');
	await pty.waitFor('can be onboarded');
	pty.type('\r');
	await pty.waitFor(seen);
}
