import type {Step} from '../../step.ts';
import {lookStep} from './look.ts';
import {accountStep, directoryStep, engineStep} from './take-back.ts';

/** Takes back what preparation did on a VM, in the reverse order, by the VM's own record; what is used or changed since stays. */
export const undoSteps: readonly Step[] = [lookStep, directoryStep, accountStep, engineStep];
