import {sanitise} from '../../../output/sanitise.ts';
import type {LogContext} from '../../../proxy/log-causes.ts';
import {parseLogLine} from '../../../proxy/log-line.ts';
import {endOfLog, istioLog} from '../../../vm/package-commands.ts';
import {quote} from '../../../vm/quote.ts';
import {type Exec, type Procedure, perform} from '../../action.ts';
import type {StepContext} from '../../step.ts';

/** What the log command shows: of the container both of its streams, in the order of time; of the package its two files. */
export function logCommand({target}: Pick<StepContext, 'target'>, lines = 200): string {
	if (target.layout.value === 'package') return istioLog(lines);
	return `${target.runtime.value} logs --tail ${lines} ${quote(target.containerName.value)} 2>&1`;
}

/** Reads the last lines of the log; of lines without measure no more than fits. */
export function readLog(context: StepContext, lines?: number): Exec {
	const command = logCommand(context, lines);
	return context.target.layout.value === 'package'
		? {kind: 'exec', as: 'admin', sudo: true, command, changes: false}
		: {kind: 'exec', as: 'user', command: `${command} | ${endOfLog}`, changes: false};
}

/** The lines of a log, plain; those in JSON in the form of the others. */
export function logLines(output: string): readonly string[] {
	return output
		.split('\n')
		.map((line) => {
			const {time, level, scope, message} = parseLogLine(line);
			return sanitise(line.startsWith('{') && time !== '' ? [time, level, scope, message].join(' ') : line).trimEnd();
		})
		.filter((line) => line !== '');
}

/** The lines of level warn and above, and those that follow no grammar (a panic, a shell's words). */
export function troubleIn(lines: readonly string[], most: number): readonly string[] {
	return lines.filter((line) => !['debug', 'info'].includes(parseLogLine(line).level)).slice(-most);
}

/** The container's log as it is now. */
export function* proxyLog(context: StepContext): Procedure<readonly string[]> {
	return logLines((yield* perform(readLog(context))).stdout);
}

/** What the run knows that decides between causes with the same words. */
export function logContext({target, facts}: StepContext, rootIsCurrent?: boolean): LogContext {
	return {
		sidecarMissing: target.interceptionMode.value === 'NONE' && target.ingress.length === 0,
		selinux: facts.vm?.confinement.selinux === 'Enforcing',
		otherProxy:
			facts.vm?.containers?.some(
				({name, image, state}) =>
					name !== target.containerName.value && image.includes('proxyv2') && state === 'running',
			) === true,
		rootIsCurrent,
	};
}
