import type {AdminFacts} from '../../../vm/admin-facts.ts';
import {lackOfRoom, type Place} from '../../../vm/room.ts';
import type {Outcome, StepContext} from '../../step.ts';
import {findingAbout, stoppedBy} from '../stopped-by.ts';

const mebibyte = 1024;

/**
 * KiB for what a step writes. docker.io of Debian 12 takes 423 MB, and 97 MB of archives; podman is asked half as much. Without room in /tmp apt tells of bad
 * signatures. A package manager that runs out of room half-way leaves a machine that is to be repaired by hand.
 */
const needsOf = {
	docker: {system: 512 * mebibyte, data: 512 * mebibyte, settings: mebibyte, temporary: mebibyte},
	podman: {system: 256 * mebibyte, data: 256 * mebibyte, settings: mebibyte, temporary: mebibyte},
	account: {settings: mebibyte, homes: mebibyte},
	directory: {directory: mebibyte},
} as const satisfies Record<string, Partial<Record<Place, number>>>;

/** What a step writes. */
export type Needs = keyof typeof needsOf;

/** `vm.disk-unwritable`, before anything is changed: a file system is read-only or too full for what is to be done. */
export function noRoom(context: StepContext, {rooms}: AdminFacts, needs: Needs): Outcome | undefined {
	const lack = lackOfRoom(rooms, needsOf[needs]);
	if (lack === undefined) return undefined;
	const evidence = lack.split('; ').map((text) => ({source: 'df', text}));
	const summary = `The VM has no room to be prepared: ${lack}. Nothing was changed.`;
	return stoppedBy(findingAbout(context, 'vm.disk-unwritable', evidence, summary));
}
