import {isPort} from '../ip.ts';
import {isDnsLabel, isLabelKey, isLabelValue} from '../kubernetes-names.ts';
import type {Labels} from '../labels.ts';

/** A list of words as a person writes it, read; `faults` are the words that break a rule. */
export type Read<Value> = {
	readonly values: Value;
	readonly faults: ReadonlyArray<{readonly value: string; readonly rule: string}>;
};

/** Words parted by commas, without the blanks around them. */
export function splitWords(text: string): readonly string[] {
	return text
		.split(',')
		.map((word) => word.trim())
		.filter((word) => word !== '');
}

/** `app=ratings,class=vm`. */
export function readLabels(text: string): Read<Labels> {
	const values: Record<string, string> = {};
	const faults = splitWords(text).flatMap((word) => {
		const [key = '', ...rest] = word.split('=');
		const value = rest.join('=');
		if (rest.length === 0) return [{value: word, rule: 'is no label: write key=value'}];
		if (!isLabelKey(key)) return [{value: key, rule: 'is an invalid tag key'}];
		if (!isLabelValue(value)) return [{value, rule: `is an invalid tag value (of ${key})`}];
		if (Object.hasOwn(values, key) && values[key] !== value) return [{value: key, rule: 'is given twice'}];
		values[key] = value;
		return [];
	});
	return {values, faults};
}

/** Labels as `readLabels` reads them. */
export function formatLabels(labels: Labels): string {
	return Object.entries(labels)
		.map((pair) => pair.join('='))
		.join(',');
}

/** A port as a person writes it: `[NAME=]PORT[:TARGET][/PROTOCOL]`. Protocols are in capitals. */
export type PortWord = {
	readonly name: string | undefined;
	readonly number: number;
	readonly target: number | string | undefined;
	readonly protocol: string | undefined;
};

/** The protocols of a listener of a Sidecar (istio/istio, pkg/config/protocol/instance.go, Parse); UDP is a Service's alone. */
export const listenerProtocols = [
	'HTTP',
	'HTTPS',
	'HTTP2',
	'GRPC',
	'GRPC-WEB',
	'TCP',
	'TLS',
	'MONGO',
	'MYSQL',
	'REDIS',
];

/** `http=9080:8080/HTTP,9090`. */
export function readPorts(text: string): Read<readonly PortWord[]> {
	const values: PortWord[] = [];
	const faults = splitWords(text).flatMap((word) => {
		const found = /^(?:([^=:/]+)=)?(\d{1,9})(?::([^/]+))?(?:\/([A-Za-z0-9-]+))?$/.exec(word);
		if (found === null) return [{value: word, rule: 'is no port: write [NAME=]PORT[:TARGET][/PROTOCOL]'}];
		const [, name, digits, target, given] = found;
		const number = Number(digits);
		const protocol = given?.toUpperCase();
		if (!isPort(number)) return [{value: word, rule: 'must be in the range 1..65535'}];
		if (name !== undefined && !isDnsLabel(name)) return [{value: name, rule: 'is an invalid port name'}];
		if (target !== undefined && !isTarget(target))
			return [{value: target, rule: 'is no target: a port in the range 1..65535, or the name of one'}];
		if (protocol !== undefined && protocol !== 'UDP' && !listenerProtocols.includes(protocol))
			return [{value: protocol, rule: `is no protocol: ${listenerProtocols.join(', ')}`}];
		values.push({
			name,
			number,
			target: target === undefined ? undefined : /^\d+$/.test(target) ? Number(target) : target,
			protocol,
		});
		return [];
	});
	return {values, faults};
}

/** Ports as `readPorts` reads them. */
export function formatPorts(ports: readonly PortWord[]): string {
	return ports
		.map(
			({name, number, target, protocol}) =>
				`${name === undefined ? '' : `${name}=`}${number}${target === undefined ? '' : `:${target}`}${protocol === undefined ? '' : `/${protocol}`}`,
		)
		.join(',');
}

/** The protocol that a port's name tells, as Istio reads it: its first word (Istio, "Protocol Selection"); undefined when it tells none. */
export function protocolOf(name: string): string | undefined {
	const upper = name.toUpperCase();
	return [...listenerProtocols, 'UDP']
		.filter((protocol) => upper === protocol || upper.startsWith(`${protocol}-`))
		.sort((a, b) => b.length - a.length)[0];
}

/** Gives every port a name and a protocol: what was said, else what the other tells, else HTTP as in the guide. Names are unique. */
export function nameListeners(
	ports: readonly PortWord[],
): ReadonlyArray<PortWord & {readonly name: string; readonly protocol: string}> {
	const whole = ports.map((port) => ({...port, protocol: port.protocol ?? protocolOf(port.name ?? '') ?? 'HTTP'}));
	return whole.map((port) => {
		const word = port.protocol.toLowerCase();
		const alone =
			whole.filter(({name, protocol}) => name === undefined && protocol === port.protocol).length === 1 &&
			!whole.some(({name}) => name === word);
		return {...port, name: port.name ?? (alone ? word : `${word}-${port.number}`)};
	});
}

function isTarget(text: string): boolean {
	return /^\d+$/.test(text) ? isPort(Number(text)) : isDnsLabel(text) && text.length <= 15;
}
