import type {FlowResult} from './finding.ts';

/** What came of a network flow, as tables and screens say it. */
export const flowWords = {
	open: 'open',
	resolved: 'resolved',
	pinned: 'by hosts entry',
	refused: 'refused',
	filtered: 'no answer',
	reset: 'reset',
	unreachable: 'unreachable',
	unresolved: 'no such name',
	'tls-timeout': 'TLS hangs',
	'tls-intercepted': 'TLS intercepted',
	'tls-misnamed': 'other name',
	mtu: 'MTU too small',
	'not-done': 'not done',
} as const satisfies Record<FlowResult, string>;
