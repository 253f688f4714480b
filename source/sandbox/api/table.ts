import {asRecord, asText} from '../../mesh/untyped.ts';
import type {Kind} from './kinds.ts';
import type {StoredObject} from './object-store.ts';

type Column = {readonly name: string; readonly type: string; readonly value: (object: StoredObject) => string};

const name: Column = {name: 'Name', type: 'string', value: ({metadata}) => metadata.name};
const age: Column = {name: 'Age', type: 'date', value: ({metadata}) => metadata.creationTimestamp ?? ''};
const field =
	(part: 'spec' | 'status', key: string) =>
	(object: StoredObject): string =>
		asText(asRecord(object[part])[key]);

/** Columns beside name and age: of the CRDs' additionalPrinterColumns, in their order, and what kubectl shows of the others. */
const columns: Readonly<Record<string, readonly Column[]>> = {
	workloadentries: [name, age, {name: 'Address', type: 'string', value: field('spec', 'address')}],
	namespaces: [name, {name: 'Status', type: 'string', value: () => 'Active'}, age],
	pods: [name, {name: 'Status', type: 'string', value: field('status', 'phase')}, age],
	services: [
		name,
		{name: 'Type', type: 'string', value: field('spec', 'type')},
		{name: 'Cluster-IP', type: 'string', value: field('spec', 'clusterIP')},
		age,
	],
};

/** Objects as the rows that kubectl prints (meta.k8s.io/v1 Table). */
export function tableOf(kind: Kind, objects: readonly StoredObject[], metadata: Readonly<Record<string, unknown>>) {
	const shown = columns[kind.plural] ?? [name, age];
	return {
		kind: 'Table',
		apiVersion: 'meta.k8s.io/v1',
		metadata,
		columnDefinitions: shown.map((column) => ({
			name: column.name,
			type: column.name === 'Age' ? 'string' : column.type,
			format: column.name === 'Name' ? 'name' : '',
			description: '',
			priority: 0,
		})),
		rows: objects.map((object) => ({
			cells: shown.map((column) => (column.type === 'date' ? ageOf(column.value(object)) : column.value(object))),
			object: {kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata},
		})),
	};
}

/** As kubectl writes a duration: `12s`, `5m`, `3h`, `7d`. */
function ageOf(time: string): string {
	const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(time)) / 1000));
	if (seconds < 120) return `${seconds}s`;
	if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
	return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
