import {asRecord, asText} from '../mesh/untyped.ts';
import {asRecords, readJson} from './json.ts';

/**
 * Why Envoy refused listeners, in its own words: `error_state.details` of the dynamic listeners in
 * `/config_dump?resource=dynamic_listeners` (envoy.admin.v3.ListenersConfigDump), which lists them bare, or in the whole dump.
 */
export function parseListenerErrors(body: string): readonly string[] {
	const dump = asRecords(asRecord(readJson(body)).configs);
	return dump
		.flatMap((config) => [config, ...asRecords(config.dynamic_listeners)])
		.map((listener) => asText(asRecord(listener.error_state).details))
		.filter(Boolean);
}
