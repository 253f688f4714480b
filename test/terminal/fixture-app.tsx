import process from 'node:process';
import {UserError} from '../../source/errors.ts';
import type {FleetRow} from '../../source/fleet/row.ts';
import {createCleanLines} from '../../source/output/clean-lines.ts';
import type {LineSplitter} from '../../source/output/line-splitter.ts';
import {createRedactor} from '../../source/output/redact.ts';
import type {Looks, Profile} from '../../source/ports.ts';
import {runTerminal} from '../../source/terminal/run-terminal.tsx';
import {createFakeSession} from './fake-session.ts';
import {muchFound} from './much-found.ts';
import {manyRows, someRows} from './some-rows.ts';
import {blocked, ways} from './some-ways.ts';

// The real screens on a fake session, for tests in a real pty. FIXTURE chooses what happens (JSON).
type Fixture = {
	readonly rows?: number;
	readonly failing?: readonly string[];
	readonly interrupted?: readonly string[];
	readonly pace?: number;
	readonly readOnly?: boolean;
	readonly connectFails?: boolean;
	readonly connectAfter?: number;
	/** Milliseconds after which something throws outside of the screens. */
	readonly throwAfter?: number;
	/** What throws when it is drawn. */
	readonly broken?: 'screen' | 'frame';
	/** Objects and output hold what a terminal would obey. */
	readonly strange?: boolean;
	/** A check finds ways, one of them closed. */
	readonly ways?: boolean;
	/** What an entry each has for its network, its address, its labels; the question asks about all of them. */
	readonly words?: readonly string[];
	readonly ask?: 'secret' | 'confirm';
	/** Lines of output a second, over all runs, from the first run on. */
	readonly flood?: number;
	/** Changes of entries a second, as a watch tells them. */
	readonly news?: number;
	readonly looks?: Looks;
};

const fixture: Fixture = JSON.parse(process.env['FIXTURE'] ?? '{}');

const strange = '\x1b]0;owned\x07\x1b]52;c;aGk=\x07\x1b[2J\x9b2J\x1b[6n\x1bPq\x1b\\\x1b[31;1m\u202eowned\r\n';

function strangeRow(row: FleetRow): FleetRow {
	const words = {owner: strange, [`a${strange}`]: 'b'};
	const entry = {...row.entry, address: strange, network: strange, specLabels: words, annotations: words};
	return {...row, entry, proxy: {...row.proxy, detail: strange}};
}

function wordyRow(row: FleetRow, index: number): FleetRow {
	const word = fixture.words?.[index] ?? '';
	const entry = {
		...row.entry,
		network: word,
		address: word,
		serviceAccount: word.repeat(3),
		specLabels: {app: word, note: word.repeat(9)},
	};
	return {...row, entry, proxy: {state: 'synced', detail: word}};
}

/** Only the list asks for an entry's age. */
function brokenRow(): FleetRow {
	const [row] = manyRows(1);
	if (row === undefined) throw new Error('no row');
	const entry = Object.defineProperty({...row.entry}, 'createdAt', {
		get() {
			throw new Error('a fault');
		},
	});
	return {...row, entry};
}

/** Only the title joins the namespaces. */
function brokenProfile(): Profile {
	const join = () => {
		throw new Error('a fault of the frame');
	};
	return {namespaces: Object.assign(['bookinfo'], {join})};
}

const session = createFakeSession({
	...fixture,
	...(fixture.rows === undefined ? {rows: undefined} : {rows: manyRows(fixture.rows)}),
	...(fixture.strange === true ? {rows: someRows().map(strangeRow)} : {}),
	ways: fixture.ways === true ? () => ({checks: ways, findings: [blocked]}) : undefined,
	...(fixture.words === undefined ? {} : {rows: manyRows(fixture.words.length).map(wordyRow)}),
	...(fixture.broken === 'screen' ? {rows: [brokenRow()]} : {}),
	...(fixture.broken === 'frame' ? {profile: brokenProfile()} : {}),
});
let attempts = 0;

async function connect() {
	attempts += 1;
	await new Promise((resolve) => setTimeout(resolve, fixture.connectAfter ?? 0));
	if (fixture.connectFails === true && attempts === 1)
		throw new UserError({
			code: 'cluster.unreachable',
			message: 'The API server https://10.0.0.1:6443 does not answer.',
			hint: 'Is the VPN up? Try kubectl get nodes.',
			exitCode: 69,
		});
	return session;
}

if (fixture.throwAfter !== undefined)
	setTimeout(() => {
		throw new Error('a fault of the fixture');
	}, fixture.throwAfter);

async function ask(kind: 'secret' | 'confirm') {
	const answer = await session.prompts.ask({
		kind,
		id: 'q',
		title: kind === 'secret' ? 'Password of admin@10.128.0.2' : 'Is this the host key of 10.128.0.2?',
		detail: fixture.words?.join('\n') ?? 'SHA256:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
	});
	console.log(`answer: ${answer ?? 'none'}`);
}

/** Output as it comes from connections: bytes that are split, cleaned and redacted, every ten milliseconds. */
function flood(linesPerSecond: number) {
	const redactor = createRedactor();
	redactor.add('a-secret-of-the-bench');
	const splitters = new Map<string, LineSplitter>();
	let owed = 0;
	let before = performance.now();
	let number = 0;
	setInterval(() => {
		const now = performance.now();
		owed += ((now - before) / 1000) * linesPerSecond;
		before = now;
		const runs = session.runs.getSnapshot();
		for (; owed >= 1 && runs.length > 0; owed -= 1) {
			const run = runs[number % runs.length];
			if (run === undefined) continue;
			let splitter = splitters.get(run.id);
			if (splitter === undefined) {
				splitter = createCleanLines(redactor, (line) => session.print(run.id, line));
				splitters.set(run.id, splitter);
			}
			splitter.push(
				Buffer.from(
					`2021-11-05T06:02:29.885837Z\tinfo\tads\tline ${number} ${fixture.strange === true ? strange : ''}of the flood in ${run.id}\n`,
				),
			);
			number += 1;
		}
	}, 10);
}

if (fixture.flood !== undefined) flood(fixture.flood);

/** One entry after another is synced, then stale. */
function change(perSecond: number) {
	let number = 0;
	setInterval(() => {
		const {rows, ...rest} = session.fleet.getSnapshot();
		const at = (number * 7919) % rows.length;
		const row = rows[at];
		if (row === undefined) return;
		number += 1;
		const state = number % 2 === 0 ? 'synced' : 'stale';
		session.fleet.set({...rest, rows: rows.with(at, {...row, proxy: {state, detail: ''}})});
	}, 1000 / perSecond);
}

if (fixture.news !== undefined) change(fixture.news);

const {ask: kind} = fixture;
if (kind !== undefined) setTimeout(() => void ask(kind), 200);

try {
	const {summary, exitCode} = await runTerminal(connect(), {
		readOnly: fixture.readOnly ?? false,
		version: '0.1.0',
		context: 'kind-lab',
		connect,
		setUp: {home: '/home/me', given: {}, survey: async () => muchFound},
		looks: fixture.looks ?? {},
	});
	process.stdout.write(`${summary}\ncalls: ${session.calls.join(', ')}\n`, () => process.exit(exitCode));
} catch (error) {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`, () => process.exit(1));
}
