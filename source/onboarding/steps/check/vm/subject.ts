import type {ContainerFacts, VmFacts} from '../../../../vm/facts.ts';
import type {StepContext} from '../../../step.ts';
import type {Verdict} from '../verdict.ts';

/** What the rules of a VM judge. `serverTime`: the API server's clock when the probe's answer was there, in seconds. */
export type Subject = Pick<StepContext, 'target' | 'options'> & {
	readonly vm: VmFacts;
	readonly serverTime: number | undefined;
};

/** A rule reads the facts and tells what it looked at. */
export type Rule = (subject: Subject) => readonly Verdict[];

/** The container that an earlier bootstrap of this entry left: bootstrap compares and replaces it, so what it holds is free. */
export function ownContainer({target, vm}: Subject): ContainerFacts | undefined {
	return vm.containers?.find(
		({name, podName, podNamespace}) =>
			name === target.containerName.value && podName === target.entry.name && podNamespace === target.entry.namespace,
	);
}

/** Ports that every proxy listens on: Envoy's admin interface, the agent's status, health, Envoy's metrics. */
export const ownPorts: readonly number[] = [15000, 15020, 15021, 15090];

/** A proxy runs, since all of its ports are held, and the engine could not be asked whose it is: it may well be this entry's own. */
export function isNobodysProxy({vm}: Subject): boolean {
	const held = vm.listeners?.filter(({process}) => ['', 'envoy', 'pilot-agent'].includes(process)) ?? [];
	return vm.containers === undefined && ownPorts.every((port) => held.some((listener) => listener.port === port));
}
