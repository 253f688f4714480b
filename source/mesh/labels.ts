import type {WorkloadEntry} from './workload-entry.ts';

export type Labels = Readonly<Record<string, string>>;

/**
 * The labels by which istiod selects an entry: `metadata.labels` over `spec.labels`
 * (istio/istio, pilot/pkg/serviceregistry/serviceentry/conversion.go).
 */
export function selectionLabels(entry: Pick<WorkloadEntry, 'metadataLabels' | 'specLabels'>): Labels {
	return {...entry.specLabels, ...entry.metadataLabels};
}

/**
 * The labels that the proxy tells istiod about itself (`ISTIO_METAJSON_LABELS`): the other way round, `spec.labels` win
 * (tetratelabs/istio, istioctl/pkg/bootstrap/bundle/data.go).
 */
export function proxyLabels(entry: Pick<WorkloadEntry, 'metadataLabels' | 'specLabels'>): Labels {
	return {...entry.metadataLabels, ...entry.specLabels};
}

/** Are all labels of a selector among these? An empty selector matches everything, as for a Sidecar. */
export function matches(selector: Labels, labels: Labels): boolean {
	return Object.keys(selector).every((key) => Object.hasOwn(labels, key) && labels[key] === selector[key]);
}

/** As a Service or ServiceEntry selects: an empty selector selects nothing (istio/istio#44159). */
export function selects(selector: Labels, labels: Labels): boolean {
	return Object.keys(selector).length > 0 && matches(selector, labels);
}

/** The labels of a selector that differ, told for people: `class: the selector wants "vm", the entry has none`. */
export function misses(selector: Labels, labels: Labels): readonly string[] {
	return Object.entries(selector).flatMap(([key, wanted]) => {
		const found = Object.hasOwn(labels, key) ? labels[key] : undefined;
		if (found === wanted) return [];
		const has = found === undefined ? 'none' : JSON.stringify(found);
		return [`${key}: the selector wants ${JSON.stringify(wanted)}, the entry has ${has}`];
	});
}
