import {expect, it} from 'vitest';
import {logLines} from '../../../source/onboarding/steps/verify/proxy-log.ts';
import {causeOfLog} from '../../../source/proxy/log-causes.ts';

/* The same cause in the forms that its words have had since Istio 1.6: Envoy's own, passed on by the agent, in JSON. */

const context = {sidecarMissing: false, selinux: false, otherProxy: false, rootIsCurrent: undefined};
const cause = (log: string) => causeOfLog(logLines(log), context)?.id;
const stream = 'gRPC config stream closed: 16, authentication failure';
const ready16 = '2020-08-17T04:50:11.547181Z\tinfo\tEnvoy proxy is ready';
const json = (level: string, scope: string, msg: string, more = {}) =>
	JSON.stringify({level, time: '2024-03-05T10:00:01.000001Z', scope, msg, ...more});

it.each([
	[
		'1.6',
		`[Envoy (Epoch 0)] [2020-08-17 04:58:44.849][13][warning][config] [bazel-out/k8-opt/bin/external/envoy/source/common/config/_virtual_includes/grpc_stream_lib/common/config/grpc_stream.h:91] ${stream}`,
	],
	['1.7', `2020-09-25T08:46:52.789115Z\twarning\tenvoy config\tStreamAggregatedResources ${stream}`],
	['1.7, copied', `2020-09-25T08:46:52.789115Z     warning envoy config    StreamAggregatedResources ${stream}`],
	[
		'1.11',
		'2021-10-26T15:20:05Z\twarn\txdsproxy\tupstream terminated with unexpected error rpc error: code = Unauthenticated desc = authentication failure',
	],
	[
		'1.31',
		'2026-08-27T10:00:01Z\twarning\tenvoy config external/envoy/source/extensions/config_subscription/grpc/grpc_stream.h:226\tDeltaAggregatedResources gRPC config stream to xds-grpc closed: 16, authentication failure\tthread=15',
	],
	[
		'JSON, the agent',
		json(
			'warn',
			'xdsproxy',
			'upstream [13] terminated with unexpected error rpc error: code = Unauthenticated desc = authentication failure',
		),
	],
	[
		'JSON, Envoy',
		json('warning', 'envoy config', `DeltaAggregatedResources ${stream}`, {
			caller: 'external/envoy/source/x.h:226',
			thread: '15',
		}),
	],
])('Istio %s', (_, line) => {
	expect(cause(line)).toBe('token.rejected');
	expect(cause(`${ready16}\n${line}`)).toBe('token.rejected');
	expect(cause(`${line}\n${ready16}`)).toBeUndefined();
	expect(cause(`${line}\n${json('info', 'agent', 'Envoy proxy is ready')}`)).toBeUndefined();
});
