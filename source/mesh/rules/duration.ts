import type {Fault} from '../annotations.ts';
import {protoDuration} from '../duration.ts';
import {faultOf} from './fault-of.ts';

/** A duration of at least a millisecond, and of whole ones (istio/istio, pkg/config/validation/agent/validation.go, ValidateDuration). */
export function durationFaults(value: unknown, path: string): readonly Fault[] {
	if (typeof value !== 'string') return [];
	const seconds = protoDuration(value)?.slice(0, -1);
	if (seconds === undefined) return [faultOf(path, value, 'is no duration such as 5s')];
	const microseconds = Math.round(Number(seconds) * 1e6);
	if (microseconds < 1000) return [faultOf(path, value, 'duration must be greater than 1ms')];
	return microseconds % 1000 === 0 ? [] : [faultOf(path, value, 'only durations to ms precision are supported')];
}
