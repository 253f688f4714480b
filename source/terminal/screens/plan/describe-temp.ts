import type {Action} from '../../../onboarding/action.ts';
export function describeAction(action: Action): string {
	return action.kind === 'exec' ? action.command : action.kind;
}
