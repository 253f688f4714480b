import type {Step} from '../../step.ts';
import {gatewayStep} from './gateway.ts';
import {imageCheckStep} from './image.ts';
import {inboundStep} from './inbound.ts';
import {matrixStep} from './matrix.ts';
import {objectsStep} from './objects.ts';
import {vmStep} from './vm.ts';

/** Looks at all that onboarding needs before anything is changed: objects, VM, and the way in both directions. */
export const checkSteps: readonly Step[] = [objectsStep, vmStep, gatewayStep, inboundStep];

/** What `check` looks at: the same objects and VM, and more of the way than an onboarding needs. */
export const lookSteps: readonly Step[] = [objectsStep, vmStep, imageCheckStep, matrixStep];
