import {asText, isMapping} from '../mesh/untyped.ts';
import {readJson} from './json.ts';

/** A line of the proxy's log. What follows no grammar (a panic, an access log) has only `message`. */
export type LogLine = {
	/** RFC 3339, in UTC; empty when the line has none. */
	readonly time: string;
	readonly level: 'debug' | 'info' | 'warn' | 'error' | 'fatal' | '';
	/** `xdsproxy`, `envoy config`, …; empty when the line has none. */
	readonly scope: string;
	readonly message: string;
};

const levels: Readonly<Record<string, LogLine['level']>> = {
	trace: 'debug',
	debug: 'debug',
	info: 'info',
	warn: 'warn',
	warning: 'warn',
	error: 'error',
	critical: 'fatal',
	fatal: 'fatal',
};

/** `<time>\t<level>\t[<scope>\t]<message>`; copies of logs often have blanks for the tabs, at least two after the level. */
const zap = /^(\d{4}-\d\d-\d\dT[\d:.]+Z?)(?:\t| +)(trace|debug|info|warn|warning|error|critical|fatal)(\t| +)(.*)$/s;
/** Envoy's own form: `[2021-06-03 18:33:47.453][12][warning][config] [source/…] message`. */
const envoy =
	/^(?:\[Envoy \(Epoch \d+\)\] )?\[(\d{4}-\d\d-\d\d [\d:.]+)\]\[\d+\]\[(\w+)\]\[(\w+)\] (?:\[[^\]]*:\d+\] )?(.*)$/s;

/**
 * Reads one line of `docker logs` of a proxy: pilot-agent's zap lines with and without scope, those of Envoy that it passes on
 * (scope `envoy <logger>`, newer ones with the source file and a thread number around the message), Envoy's own form (up to Istio 1.6), and
 * JSON (`--log_as_json`).
 */
export function parseLogLine(line: string): LogLine {
	return readZap(line) ?? readEnvoy(line) ?? readJsonLine(line) ?? {time: '', level: '', scope: '', message: line};
}

function readZap(line: string): LogLine | undefined {
	const match = zap.exec(line);
	if (match === null) return undefined;
	const [, time = '', level = '', gap = '', rest = ''] = match;
	const tabbed = gap === '\t';
	const fields = tabbed ? rest.split('\t') : rest.split(/ {2,}/);
	const [scope = '', ...others] = fields;
	const envoyScope = /^envoy (\w+)(?: \S+:\d+)?(?: (.*))?$/s.exec(scope);
	if (envoyScope !== null) {
		const words = [envoyScope[2] ?? '', ...others].filter((word) => word !== '' && !/^thread=\d+$/.test(word));
		return logLine(time, level, `envoy ${envoyScope[1] ?? ''}`, words.join(' '));
	}
	// Without a scope the first field is the message; a scope is one word.
	return others.length > 0 && /^[\w.-]+$/.test(scope)
		? logLine(time, level, scope, others.join(tabbed ? '\t' : '  '))
		: logLine(time, level, '', rest);
}

function readEnvoy(line: string): LogLine | undefined {
	const match = envoy.exec(line);
	if (match === null) return undefined;
	const [, time = '', level = '', logger = '', message = ''] = match;
	// By the container's clock, which knows no zone.
	return logLine(`${time.replace(' ', 'T')}Z`, level, `envoy ${logger}`, message);
}

function readJsonLine(line: string): LogLine | undefined {
	const value = line.startsWith('{') ? readJson(line) : undefined;
	if (!isMapping(value) || typeof value.msg !== 'string') return undefined;
	return logLine(asText(value.time), asText(value.level), asText(value.scope), value.msg);
}

function logLine(time: string, level: string, scope: string, message: string): LogLine {
	return {time, level: levels[level] ?? '', scope, message};
}
