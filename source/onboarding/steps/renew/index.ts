import type {Step} from '../../step.ts';
import {tokenStep} from '../bootstrap/token.ts';
import {certificateStep} from '../verify/certificate.ts';
import {containerStep} from '../verify/container.ts';
import {istiodStep} from '../verify/istiod.ts';
import {readyStep} from '../verify/ready.ts';
import {lookStep} from './look.ts';
import {putStep} from './put.ts';
import {restartStep} from './restart.ts';

/**
 * A new token for a proxy that is there. What follows proves that the proxy has its credentials; whether its traffic flows
 * is no matter of the token (`verify`).
 */
export const renewSteps: readonly Step[] = [
	lookStep,
	{...tokenStep, id: 'renew.token', phase: 'renew'},
	putStep,
	restartStep,
	containerStep,
	readyStep,
	certificateStep,
	istiodStep,
];
