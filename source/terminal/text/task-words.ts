import type {Task} from '../../onboarding/event.ts';

/** What a task is called: on the plan (`Onboard 2 VMs`), of a target that it can be done for, while it goes on, when it is done. */
export const taskWords: Readonly<
	Record<Task, {readonly verb: string; readonly able: string; readonly doing: string; readonly done: string}>
> = {
	onboard: {verb: 'Onboard', able: 'be onboarded', doing: 'is being onboarded', done: 'done'},
	prepare: {verb: 'Prepare', able: 'be prepared', doing: 'is being prepared', done: 'prepared'},
	check: {verb: 'Check', able: 'be checked', doing: 'is being checked', done: 'checked'},
	bootstrap: {verb: 'Bootstrap', able: 'be bootstrapped', doing: 'is being bootstrapped', done: 'bootstrapped'},
	verify: {verb: 'Verify', able: 'be verified', doing: 'is being verified', done: 'in the mesh'},
	renew: {verb: 'Renew the token of', able: 'get a new token', doing: 'is getting a new token', done: 'renewed'},
	offboard: {verb: 'Offboard', able: 'be offboarded', doing: 'is being offboarded', done: 'offboarded'},
	fix: {verb: 'Fix', able: 'be fixed', doing: 'is being fixed', done: 'fixed'},
};
