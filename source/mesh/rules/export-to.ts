import type {Fault} from '../annotations.ts';
import {faultOf} from './fault-of.ts';
import {isAnyCaseLabel} from './words.ts';

/** `exportTo` of a ServiceEntry (istio/istio, pkg/config/validation/validation.go, validateExportTo). */
export function exportFaults(values: readonly unknown[], namespace: string): readonly Fault[] {
	const path = 'spec.exportTo';
	const seen = new Set<string>();
	const faults: Fault[] = [];
	for (const value of values) {
		if (typeof value !== 'string') continue;
		const key = value === '.' ? namespace : value;
		if (seen.has(key)) faults.push(faultOf(path, value, `is there twice (duplicate entries in exportTo)`));
		else if (['*', '~'].includes(key) || isAnyCaseLabel(key)) seen.add(key);
		else faults.push(faultOf(path, value, 'is none: only .,*, or a valid DNS 1123 label is allowed as exportTo entry'));
	}
	if (seen.has('*') && values.length > 1)
		faults.push(faultOf(path, undefined, 'cannot have both public (*) and non-public exportTo values for a resource'));
	if (seen.has('~') && values.length > 1)
		faults.push(faultOf(path, undefined, 'cannot export service entry to no one (~) and someone'));
	return faults;
}
