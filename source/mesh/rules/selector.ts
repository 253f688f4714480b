import type {Fault} from '../annotations.ts';
import {asRecord, asTexts} from '../untyped.ts';
import {faultOf, unless} from './fault-of.ts';

/** The labels of a `workloadSelector` (istio/istio, pkg/config/validation/validation.go, ValidateAlphaWorkloadSelector). */
export function selectorFaults(selector: unknown): readonly Fault[] {
	const path = 'spec.workloadSelector.labels';
	return Object.entries(asTexts(asRecord(selector)['labels'])).flatMap(([key, value]) => [
		...(key === '' ? [faultOf(path, `=${value}`, 'empty key is not supported in selector')] : []),
		...unless(!`${key}${value}`.includes('*'), path, `${key}=${value}`, 'wildcard is not supported in selector'),
	]);
}
