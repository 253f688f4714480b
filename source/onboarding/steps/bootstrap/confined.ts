import type {Target} from '../../../mesh/target.ts';
import {parseConfinement} from '../../../vm/confinement.ts';
import {parseSections} from '../../../vm/sections.ts';

/** The target with what the VM's engine wants of the container's command, by the answer of `confinementCommand`. */
export function confinedTarget(target: Target, answer: string): Target {
	const {selinux, remapped} = parseConfinement(parseSections(answer).get('confinement'));
	const relabel = selinux === 'Enforcing';
	const hostUsers = remapped && target.runtime.value === 'docker';
	return relabel || hostUsers ? {...target, confined: {relabel, hostUsers}} : target;
}
