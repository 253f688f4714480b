import {describe, expect, it} from 'vitest';
import {parseLogLine} from '../../source/proxy/log-line.ts';

describe('a line of the proxy’s log', () => {
	it.each([
		[
			'with a scope',
			'2021-11-05T06:02:29.885837Z\tinfo\tads\tAll caches have been synced up in 34.316371ms, marking server ready',
			{level: 'info', scope: 'ads', message: 'All caches have been synced up in 34.316371ms, marking server ready'},
		],
		[
			'without a scope',
			'2025-09-15T11:12:53.661934Z\twarn\tcannot parse the cert chain, using token instead: failed to read the cert',
			{level: 'warn', scope: '', message: 'cannot parse the cert chain, using token instead: failed to read the cert'},
		],
		[
			'with tabs in the message',
			'2025-09-15T11:12:53.661934Z\terror\tcitadelclient\tfailed\tto sign',
			{level: 'error', scope: 'citadelclient', message: 'failed\tto sign'},
		],
		[
			'of Envoy, passed on by the agent',
			'2022-01-02T06:20:31.849353Z\twarning\tenvoy config\tStreamAggregatedResources gRPC config stream closed: 16, authentication failure',
			{
				level: 'warn',
				scope: 'envoy config',
				message: 'StreamAggregatedResources gRPC config stream closed: 16, authentication failure',
			},
		],
		[
			'of a newer Envoy, with source file and thread',
			'2026-08-27T10:00:01.000001Z\twarning\tenvoy config external/envoy/source/extensions/config_subscription/grpc/grpc_stream.h:226\tDeltaAggregatedResources gRPC config stream to xds-grpc closed: 14, connection error\tthread=15',
			{
				level: 'warn',
				scope: 'envoy config',
				message: 'DeltaAggregatedResources gRPC config stream to xds-grpc closed: 14, connection error',
			},
		],
		[
			'copied with blanks for tabs',
			'2022-01-02T06:20:31.848804Z  warn   xdsproxy  upstream terminated with unexpected error rpc error: code = Unauthenticated desc = authentication failure',
			{
				level: 'warn',
				scope: 'xdsproxy',
				message:
					'upstream terminated with unexpected error rpc error: code = Unauthenticated desc = authentication failure',
			},
		],
		[
			'copied with blanks, without a scope',
			'2022-01-02T06:20:31.847339Z  warn   failed to fetch token from file: open ./var/run/secrets/tokens/istio-token: permission denied',
			{
				level: 'warn',
				scope: '',
				message: 'failed to fetch token from file: open ./var/run/secrets/tokens/istio-token: permission denied',
			},
		],
		[
			'of Envoy, copied with blanks',
			'2022-01-02T06:20:31.849353Z  warning envoy config  StreamAggregatedResources gRPC config stream closed: 16, authentication failure',
			{
				level: 'warn',
				scope: 'envoy config',
				message: 'StreamAggregatedResources gRPC config stream closed: 16, authentication failure',
			},
		],
		[
			'in Envoy’s own form',
			'[Envoy (Epoch 0)] [2020-05-01 10:11:12.123][15][critical][main] [source/server/server.cc:95] cannot bind',
			{level: 'fatal', scope: 'envoy main', message: 'cannot bind'},
		],
		[
			'of Envoy in Istio 1.6',
			'[Envoy (Epoch 0)] [2020-08-17 04:58:44.849][13][warning][config] [bazel-out/k8-opt/bin/external/envoy/source/common/config/_virtual_includes/grpc_stream_lib/common/config/grpc_stream.h:91] gRPC config stream closed: 13, ',
			{level: 'warn', scope: 'envoy config', message: 'gRPC config stream closed: 13, '},
		],
		[
			'copied with a blank for each tab',
			'2022-08-09T08:46:52.789115Z warning envoy config StreamAggregatedResources gRPC config stream closed: 14, transport is closing',
			{
				level: 'warn',
				scope: 'envoy config',
				message: 'StreamAggregatedResources gRPC config stream closed: 14, transport is closing',
			},
		],
		[
			'of Envoy in JSON',
			'{"level":"warning","time":"2024-03-05T10:00:01.000001Z","scope":"envoy config","msg":"DeltaAggregatedResources gRPC config stream to xds-grpc closed: 16, authentication failure","caller":"external/envoy/source/extensions/config_subscription/grpc/grpc_stream.h:226","thread":"15"}',
			{
				level: 'warn',
				scope: 'envoy config',
				message: 'DeltaAggregatedResources gRPC config stream to xds-grpc closed: 16, authentication failure',
			},
		],
		[
			'in JSON',
			'{"level":"error","time":"2026-08-27T10:00:01.000001Z","scope":"xdsproxy","msg":"failed to connect to upstream"}',
			{level: 'error', scope: 'xdsproxy', message: 'failed to connect to upstream'},
		],
	])('%s', (_, line, expected) => {
		expect(parseLogLine(line)).toMatchObject(expected);
		expect(parseLogLine(line).time).toMatch(/^20\d\d-\d\d-\d\dT[\d:.]+Z$/);
	});

	it.each([
		'exec /usr/local/bin/pilot-agent: exec format error',
		'[2021-06-03T18:33:47.453Z] "GET /hello HTTP/1.1" 503 UH no_healthy_upstream - "-" 0 19 0',
		'{"not":"a log"}',
		'{broken',
		'',
	])('that follows no grammar is all message: %s', (line) => {
		expect(parseLogLine(line)).toEqual({time: '', level: '', scope: '', message: line});
	});
});
