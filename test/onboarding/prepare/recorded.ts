import {readFileSync} from 'node:fs';
import type {Target} from '../../../source/mesh/target.ts';
import type {Action} from '../../../source/onboarding/action.ts';
import type {StepContext} from '../../../source/onboarding/step.ts';
import {targetNamed} from '../../helpers/target.ts';
import {ran} from '../drive.ts';

/* What the tests of the preparation share: VMs as the lab's were recorded, and a way to answer the steps' probes with them. */

const fixture = (name: string) => readFileSync(new URL(`../../vm/fixtures/${name}.txt`, import.meta.url), 'utf8');
export const pristine = fixture('admin-pristine');
export const prepared = fixture('admin-prepared');
export const installed = pristine
	.replace('=engine 127\n|timeout: failed', '=engine 0\n|20.10.24 amd64\n|timeout: failed')
	.replace('|active inactive\n|enabled ', '|active active\n|enabled enabled')
	.replace('=tools 0\n', '=tools 0\n|docker\n')
	.replace('=docker-group 1\n|', '=docker-group 0\n|docker:x:103:');

/** A run of the step, as onboarding with preparation begins it. */
export function context(change: Partial<Target> = {}, facts: StepContext['facts'] = {}): StepContext {
	return {
		target: targetNamed('ratings-vm', 'bookinfo', change),
		facts: {publicKey: 'ssh-ed25519 AAAAC3Nza someone@desk', ...facts},
		options: {task: 'onboard', prepare: true, force: false, profile: 'default', context: 'lab'},
	};
}

const record = /^sh \/var\/lib\/meshboard\/record\.sh (engine|account \S+ ('.*?(?<!\\)'|\S+)) /;
const isProbe = (action: Action) => action.kind === 'exec' && action.command.includes('it changes nothing');
export const isFollow = (action: Action) => action.kind === 'exec' && !action.changes && action.show === true;
/** The commands that changed something, without what keeps the record of them; the jobs by what they run. */
export const changes = (asked: readonly Action[]) =>
	asked.flatMap((action) =>
		action.kind === 'exec' && action.changes
			? [/(env DEBIAN_FRONTEND\S+ [^;]*);/.exec(action.command)?.[1] ?? action.command.replace(record, '')]
			: [],
	);

/** Answers probes with these texts in turn (the last one stays), other commands as told, with success where nothing is. */
export function answers(probes: readonly string[], other: (action: Action) => unknown = () => undefined) {
	let seen = 0;
	return (action: Action) => {
		if (isProbe(action)) return ran(probes[Math.min(seen++, probes.length - 1)]);
		return other(action) ?? ran();
	};
}
