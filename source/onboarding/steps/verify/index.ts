import type {Step} from '../../step.ts';
import {certificateStep} from './certificate.ts';
import {containerStep} from './container.ts';
import {istiodStep} from './istiod.ts';
import {listenerStep} from './listener.ts';
import {readyStep} from './ready.ts';
import {requestStep} from './request.ts';
import {restStep} from './rest.ts';

/** Proves that the VM is in the mesh: each step explains why the later ones would fail. Changes nothing. */
export const verifySteps: readonly Step[] = [
	containerStep,
	readyStep,
	certificateStep,
	istiodStep,
	listenerStep,
	restStep,
	requestStep,
];
