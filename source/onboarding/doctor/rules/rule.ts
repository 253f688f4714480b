import type {StepContext} from '../../step.ts';
import type {Verdict} from '../../steps/check/verdict.ts';
import type {DoctorFacts} from '../facts.ts';

/** Reads the facts that are known and tells what it looked at; silent where what it needs is not known. */
export type DoctorRule = (context: StepContext, facts: DoctorFacts) => readonly Verdict[];
