import {exitCodeOf} from '../../diagnosis/exit-code.ts';
import {remedyLine} from '../../diagnosis/remedy-line.ts';
import {exitCodes, UserError} from '../../errors.ts';
import type {Target} from '../../mesh/target.ts';
import {createLineSplitter, type LineSplitter} from '../../output/line-splitter.ts';
import type {Redactor} from '../../output/redact.ts';
import {sanitise} from '../../output/sanitise.ts';
import type {Clock, Connector, ExecResult, Prompts, RemoteHost} from '../../ports.ts';
import {parseLogLine} from '../../proxy/log-line.ts';
import {
	containerLogCommand,
	fileLogCommand,
	type Life,
	type LogPart,
	lifeCommand,
	packageLog,
	parseLife,
} from '../../vm/proxy-log.ts';
import {quote} from '../../vm/quote.ts';
import type {LogListener} from '../session.ts';
import {dockerAnswered, dockerFailed} from '../steps/bootstrap/on-vm.ts';
import {destinationOf} from './hosts.ts';
import {connectionBroke} from './still-there.ts';

export type LogParts = {
	readonly connector: Pick<Connector, 'connect'>;
	readonly prompts: Prompts;
	readonly clock: Clock;
	readonly redactor: Redactor;
	/** Context of the kubeconfig, for findings. */
	readonly context: string;
};

/** The longest time that a timer takes: 24 days. Who follows a log ends it by hand. */
const noLimit = 2_147_000;
/** A container that ends is started again by its engine at once, or by whoever stopped it within this time, in seconds. */
const restartPatience = 15;

/**
 * Reads, or follows until `signal`, the log of a target's proxy: of its container, through restarts too, else of the package.
 * Throws the findings of a VM or an engine that cannot be asked, and `proxy.not-running` where there is neither.
 */
export async function readLog(
	parts: LogParts,
	target: Target,
	part: LogPart,
	listener: LogListener,
	signal: AbortSignal,
): Promise<void> {
	const host = await parts.connector.connect(destinationOf(target, 'user'), {prompts: parts.prompts, signal});
	const reading = {...parts, target, host, signal};
	try {
		const life = await lifeOf(reading);
		if (signal.aborted) return;
		if (life !== undefined) return await readContainer(reading, part, life, listener);
		const isThere = await host.exec(`test -r ${quote(packageLog)}`, {signal});
		if (signal.aborted) return;
		if (isThere.code !== 0) throw noProxy(reading);
		const {since} = part;
		const show = since === undefined ? listener.line : notBefore(since, parts.clock.now(), listener.line);
		await stream(reading, fileLogCommand(part), show);
	} finally {
		host.close();
	}
}

type Reading = LogParts & {readonly target: Target; readonly host: RemoteHost; readonly signal: AbortSignal};

/** undefined: there is no such container, or no engine. */
async function lifeOf(reading: Reading): Promise<Life | undefined> {
	const {host, target, signal} = reading;
	const command = lifeCommand(target.runtime.value, target.containerName.value);
	const found = await host.exec(command, {signal});
	if (found.ended === 'lost') throw await connectionBroke(host);
	if (found.code !== 127 && !signal.aborted && !dockerAnswered(found)) throw engineFailed(reading, command, found);
	return parseLife(found.stdout);
}

/** A followed log ends with its container: where that is started anew, it goes on with the new beginning. */
async function readContainer(reading: Reading, part: LogPart, first: Life, {line, note}: LogListener): Promise<void> {
	const {target, signal} = reading;
	const name = target.containerName.value;
	let life = first;
	let next = part;
	for (;;) {
		await stream(reading, containerLogCommand(target.runtime.value, name, next), line);
		if (!part.follow || signal.aborted) return;
		const after = await nextLife(reading, life);
		if (signal.aborted) return;
		if (after === undefined) return note(`The container ${name} is gone.`);
		if (after.startedAt === life.startedAt) return note(`The container ${name} is ${after.status}.`);
		note(`The container ${name} was started anew.`);
		life = after;
		// Its first lines may be older than the time of its start, which the engine takes when it has started it.
		next = {follow: true, tail: 'all', since: after.endedAt};
	}
}

/** The container once it was started anew, else as it is when that has been waited for. */
async function nextLife(reading: Reading, before: Life): Promise<Life | undefined> {
	let life: Life | undefined;
	for (let waited = 0; waited < restartPatience && !reading.signal.aborted; waited++) {
		life = await lifeOf(reading);
		// Also where it has started: who asks Docker in that moment gets the log of the life before, and nothing more.
		await reading.clock.sleep(1000, reading.signal);
		if (life !== undefined && life.startedAt !== before.startedAt) break;
	}
	return life;
}

async function stream({redactor, host, signal}: Reading, command: string, onLine: LogListener['line']): Promise<void> {
	const streams = {stdout: cleanLines(redactor, onLine), stderr: cleanLines(redactor, onLine)};
	const {ended} = await host.exec(command, {
		timeoutSeconds: noLimit,
		signal,
		onOutput: (name, chunk) => streams[name].push(chunk),
	});
	streams.stdout.end();
	streams.stderr.end();
	if (ended === 'lost') throw await connectionBroke(host);
}

/** A line is taken apart by its tabs, of which nothing is left once it is plain; unless a secret was in it. */
function cleanLines(redactor: Redactor, onLine: LogListener['line']): LineSplitter {
	const redact = redactor.lines();
	return createLineSplitter((raw) => {
		const plain = sanitise(raw);
		const line = redact(plain);
		if (line !== plain) return onLine(line, parseLogLine(line));
		const {level, ...texts} = parseLogLine(raw);
		const [time, scope, message] = [sanitise(texts.time), sanitise(texts.scope), sanitise(texts.message)];
		onLine(line, {time, level, scope, message});
	});
}

/** Leaves out what is older than `since`; a line without a time belongs to the one before. */
function notBefore(since: string, now: Date, onLine: LogListener['line']): LogListener['line'] {
	const seconds = /^(\d+)s$/.exec(since)?.[1];
	const start = seconds === undefined ? Date.parse(since) : now.getTime() - Number(seconds) * 1000;
	let begun = false;
	return (line, parts) => {
		const {time} = parts;
		begun ||= time !== '' && Date.parse(/[Zz]$/.test(time) ? time : `${time.replace(' ', 'T')}Z`) >= start;
		if (begun) onLine(line, parts);
	};
}

function contextOf({context, target}: Reading) {
	const options = {task: 'onboard', prepare: false, force: false, profile: '', context} as const;
	return {target, facts: {}, options};
}

function engineFailed(reading: Reading, command: string, result: ExecResult): UserError {
	const [found] = dockerFailed(contextOf(reading), command, result, 'proxy.not-running').findings ?? [];
	if (found === undefined) throw new Error(`no cause for: ${command}`);
	return new UserError({
		code: found.id,
		message: `${reading.target.ref}: ${found.summary}`,
		exitCode: exitCodeOf([found.id]),
		hint: remedyLine(found.remedy),
		evidence: found.evidence,
	});
}

function noProxy({target: {runtime, containerName, ref, ssh}}: Reading): UserError {
	return new UserError({
		code: 'proxy.not-running',
		message: `There is no container ${containerName.value} and no ${packageLog} on ${ssh.host.value}: ${ref} has no proxy there.`,
		exitCode: exitCodes.someFailed,
		hint: `Onboard it: meshboard onboard ${ref}; or see what runs: ${runtime.value} ps -a`,
	});
}
