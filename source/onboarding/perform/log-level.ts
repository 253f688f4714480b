import {exitCodes, UserError} from '../../errors.ts';
import type {Target} from '../../mesh/target.ts';
import type {TargetRef} from '../../mesh/workload-entry.ts';
import {sanitise} from '../../output/sanitise.ts';
import type {Clock, Connector, Prompts, RemoteHost} from '../../ports.ts';
import {levelWords, parseLogLevels, requestsFor} from '../../proxy/log-levels.ts';
import {agentRequest, levelGuardCommand} from '../../vm/level-guard.ts';
import {commandLine} from '../../vm/quote.ts';
import type {LevelPlan, RaisedLevel} from '../session.ts';
import {destinationOf} from './hosts.ts';
import {requestOnVm} from './http.ts';

export type LevelParts = {
	readonly connector: Pick<Connector, 'connect'>;
	readonly prompts: Prompts;
	readonly clock: Clock;
};

/** How long the levels stay raised at most, in seconds. */
const longest = 600;
/** How long it may take until they are raised, in ms. */
const patience = 20_000;

/** What raising the log level of a proxy would do; only looks. Throws UserError where its loggers cannot be read. */
export async function planLogLevel(parts: LevelParts, target: Target, signal: AbortSignal): Promise<LevelPlan> {
	const host = await open(parts, target, signal);
	try {
		const path = '/logging';
		const answer = await requestOnVm(host, {method: 'POST', port: 15000, path}, signal);
		const levels = answer.ok && answer.status === 200 ? parseLogLevels(answer.body) : undefined;
		if (levels === undefined) {
			const why = answer.ok ? `it answers ${answer.status} to POST ${path}` : answer.text;
			throw refused(target.ref, `its loggers cannot be read: ${sanitise(why)}.`);
		}
		const {runtime, containerName, layout} = target;
		const container = layout.value === 'package' ? undefined : {runtime: runtime.value, name: containerName.value};
		const guard = {
			ask: agentRequest(container),
			raise: 'logging?level=debug',
			putBack: requestsFor(levels),
			seconds: longest,
		};
		return {
			target,
			before: levelWords(levels),
			raise: commandLine([...guard.ask, guard.raise]),
			putBack: guard.putBack.map((each) => commandLine([...guard.ask, each])),
			seconds: longest,
			command: levelGuardCommand(guard),
		};
	} finally {
		host.close();
	}
}

/** Raises the level as planned. Resolves once it is raised; `putBack` resolves once it is as before. */
export async function raiseLogLevel(
	parts: LevelParts,
	{target, command, seconds}: LevelPlan,
	signal: AbortSignal,
): Promise<RaisedLevel> {
	const host = await open(parts, target, signal);
	const end = Promise.withResolvers<void>();
	const raised = Promise.withResolvers<void>();
	let said = '';
	const running = host.exec(command, {
		input: untilThen(end.promise),
		// The guard ends by itself before.
		timeoutSeconds: seconds + 60,
		onOutput(_, chunk) {
			said += Buffer.from(chunk).toString('utf8');
			if (/^raised$/m.test(said)) raised.resolve();
		},
	});
	const ended = running.then(
		({code, stderr}) => {
			host.close();
			raised.reject(refused(target.ref, `${sanitise(stderr.trim().split('\n').at(-1) ?? '') || `exit code ${code}`}.`));
		},
		(error: unknown) => {
			host.close();
			raised.reject(error);
		},
	);
	const late = parts.clock.sleep(patience, signal).then(() => {
		raised.reject(refused(target.ref, 'it does not answer.'));
	});
	try {
		await Promise.race([raised.promise, late.then(() => raised.promise)]);
	} catch (error) {
		end.resolve();
		throw error;
	}
	return {
		ref: target.ref,
		until: parts.clock.now().getTime() + seconds * 1000,
		ended,
		async putBack() {
			end.resolve();
			await ended;
		},
	};
}

async function open({connector, prompts}: LevelParts, target: Target, signal: AbortSignal): Promise<RemoteHost> {
	const connectTimeoutSeconds = target.ssh.connectSeconds.value;
	return connector.connect(destinationOf(target, 'user'), {
		prompts,
		signal,
		...(connectTimeoutSeconds === undefined ? {} : {connectTimeoutSeconds}),
	});
}

/** An input that says nothing, and ends then. */
async function* untilThen(end: Promise<void>): AsyncGenerator<Uint8Array> {
	await end;
	yield* [];
}

function refused(ref: TargetRef, why: string): UserError {
	return new UserError({
		code: 'proxy.not-ready',
		message: `The log level of the proxy of ${ref} is as before: ${why}`,
		exitCode: exitCodes.someFailed,
	});
}
