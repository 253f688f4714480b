import type {Runtime} from '../../ports.ts';

/** An engine as people write it. */
export function engineName(runtime: Runtime): string {
	return runtime === 'docker' ? 'Docker' : 'podman';
}
