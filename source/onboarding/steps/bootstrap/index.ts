import type {Step} from '../../step.ts';
import {compareStep} from './compare.ts';
import {filesStep} from './files.ts';
import {imageStep} from './image.ts';
import {startStep} from './start.ts';
import {tokenStep} from './token.ts';

/**
 * Brings the bundle onto the VM and starts the proxy. The order is such that the running proxy is touched last: until then an
 * interruption leaves the VM as before, and afterwards the comparison finds what is missing.
 */
export const bootstrapSteps: readonly Step[] = [compareStep, tokenStep, filesStep, imageStep, startStep];

/** What a bootstrap leaves out that only puts files onto the VM. */
export const onlyToStart: readonly Step[] = [imageStep, startStep];
