import type {Step} from '../../step.ts';
import {accountStep} from './account.ts';
import {directoryStep} from './directory.ts';
import {dockerStep} from './docker.ts';
import {userStep} from './user.ts';

/** Prepares a VM as the guide does, with the admin account and sudo: what is there already is left as it is. */
export const prepareSteps: readonly Step[] = [accountStep, dockerStep, userStep, directoryStep];
