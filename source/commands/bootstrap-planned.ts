import type {Failure, RunPlan} from '../onboarding/session.ts';

/** What was asked for, planned: the targets that can be, and the others with their causes. */
export type Planned = {readonly plans: readonly RunPlan[]; readonly failures: readonly Failure[]};
