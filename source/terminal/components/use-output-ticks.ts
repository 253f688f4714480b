import {useEffect, useReducer} from 'react';
import type {World} from '../state/world.ts';

/** How often new output is drawn, in milliseconds: 20 times a second, as k9s does. */
const drawEvery = 50;

/** Draws the component again when any run has new output, however fast it comes; output itself never is React state. */
export function useOutputTicks({runs, output}: Pick<World, 'runs' | 'output'>): void {
	const [, tick] = useReducer((count: number) => count + 1, 0);
	useEffect(() => {
		const version = () => runs.reduce((sum, {id}) => sum + (output(id)?.version ?? 0), 0);
		let drawn = version();
		const timer = setInterval(() => {
			const now = version();
			if (now === drawn) return;
			drawn = now;
			tick();
		}, drawEvery);
		return () => clearInterval(timer);
	}, [runs, output]);
}
