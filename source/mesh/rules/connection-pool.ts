import type {Fault} from '../annotations.ts';
import {asRecord, isMapping} from '../untyped.ts';
import {durationFaults} from './duration.ts';
import {faultOf, unless} from './fault-of.ts';

/** Settings of connections (istio/istio, pkg/config/validation/validation.go, validateConnectionPool). */
export function connectionPoolFaults(value: unknown, path: string): readonly Fault[] {
	if (!isMapping(value)) return [];
	const {http: httpValue, tcp: tcpValue} = value;
	if (!isMapping(httpValue) && !isMapping(tcpValue))
		return [faultOf(path, undefined, 'connection pool must have at least one field')];
	const http = asRecord(httpValue);
	const tcp = asRecord(tcpValue);
	const negative = (of: Readonly<Record<string, unknown>>, at: string, fields: readonly string[]) =>
		fields.flatMap((field) => {
			const number = of[field];
			return unless(
				typeof number !== 'number' || number >= 0,
				`${path}.${at}.${field}`,
				number,
				'must be non-negative',
			);
		});
	const numbers = [
		'http1MaxPendingRequests',
		'http2MaxRequests',
		'maxRequestsPerConnection',
		'maxRetries',
		'maxConcurrentStreams',
	];
	return [
		...negative(http, 'http', numbers),
		...durationFaults(http['idleTimeout'], `${path}.http.idleTimeout`),
		...(http['h2UpgradePolicy'] === 'UPGRADE' && http['useClientProtocol'] === true
			? [faultOf(`${path}.http`, undefined, 'use client protocol must not be true when H2UpgradePolicy is UPGRADE')]
			: []),
		...keepAliveFaults(http['http2KeepAlive'], `${path}.http.http2KeepAlive`),
		...negative(tcp, 'tcp', ['maxConnections']),
		...['connectTimeout', 'maxConnectionDuration'].flatMap((field) =>
			durationFaults(tcp[field], `${path}.tcp.${field}`),
		),
		// 0s switches it off.
		...(/^[-+]?0[a-zµ]*$/.test(String(tcp['idleTimeout']))
			? []
			: durationFaults(tcp['idleTimeout'], `${path}.tcp.idleTimeout`)),
		...['time', 'interval'].flatMap((field) =>
			durationFaults(asRecord(tcp['tcpKeepalive'])[field], `${path}.tcp.tcpKeepalive.${field}`),
		),
	];
}

function keepAliveFaults(value: unknown, path: string): readonly Fault[] {
	if (!isMapping(value)) return [];
	return ['interval', 'timeout'].flatMap((field) =>
		value[field] === undefined || value[field] === null
			? [faultOf(`${path}.${field}`, undefined, `http2 keepalive ${field} is required`)]
			: durationFaults(value[field], `${path}.${field}`),
	);
}
