import {afterEach, expect, it} from 'vitest';
import {type Shown, show} from '../helpers/show.tsx';
import {createFakeSession} from './fake-session.ts';

let shown: Shown | undefined;
afterEach(() => shown?.close());

/** The screens, with an editor that makes of a text what is said, turn by turn. */
async function start(...edits: ReadonlyArray<(text: string) => string | undefined>) {
	const seen: string[] = [];
	const ran: Array<readonly string[]> = [];
	const session = createFakeSession();
	shown = await show({columns: 80, rows: 24}, session, {
		foreground: {
			edit: async (name, text) => {
				seen.push(`${name}\n${text}`);
				return edits[seen.length - 1]?.(text);
			},
			shell: async (command) => {
				ran.push(command);
				return 255;
			},
		},
	});
	await shown.waitFor('details-vm');
	return {...shown, session, seen, ran};
}

it('an entry is edited, what would change is shown, and applied when it is agreed to', async () => {
	const {type, waitFor, session, seen, screen} = await start((text) => text.replace('v1', 'v2'));
	await type('e');
	await waitFor('would be changed like this');
	expect(seen[0]).toMatch(/^details-vm\.bookinfo\.yaml\n# Save and leave: [\s\S]*\nkind: WorkloadEntry\n/);
	expect(screen.text()).toMatch(/- +version: v1\n\+ +version: v2/);
	expect(session.calls).toEqual(['rehearse edit']);
	await type('y');
	await waitFor('Changed details-vm.bookinfo.');
	expect(session.calls).toEqual(['rehearse edit', 'apply edit']);
	expect(screen.text()).toContain('ratings-vm');
});

it('what is refused can be edited on, from where it was left', async () => {
	const {type, waitFor, session, seen} = await start(
		(text) => `${text}nonsense`,
		(text) => text.replace('nonsense', '').replace('v1', 'v2'),
	);
	await type('e');
	await waitFor('spec.address: nonsense.');
	await type('e');
	await waitFor('would be changed like this');
	expect(seen[1]).toContain('nonsense');
	await type('\x1b');
	await waitFor('ratings-vm');
	expect(session.calls).not.toContain('apply edit');
});

it.each([
	['is emptied', () => undefined],
	['is left as it was', (text: string) => text],
])('a text that %s changes nothing', async (_, edit) => {
	const {type, waitFor, session} = await start(edit);
	await type('e');
	await waitFor('Nothing was changed.');
	expect(session.calls).toEqual([]);
});

it('a shell is opened on the VM under the cursor, and a lost connection is told', async () => {
	const {type, waitFor, ran} = await start();
	await type('js');
	await waitFor('ssh could not connect to the VM of productpage-vm.bookinfo, or lost it.');
	expect(ran).toEqual([['ssh', '--', 'productpage-vm.bookinfo']]);
});

it('read-only mode opens neither', async () => {
	const session = createFakeSession();
	shown = await show({columns: 80, rows: 24}, session, {readOnly: true});
	await shown.waitFor('details-vm');
	for (const keys of ['e', 's', ':edit\r', ':ssh\r']) {
		await shown.type(keys);
		expect(shown.screen.lines().at(-1)).toMatch(/^Read-only: /);
	}
});
