import type {Step} from '../../step.ts';
import {tokenStep} from '../bootstrap/token.ts';
import {gatewayStep} from '../check/gateway.ts';
import {inboundStep} from '../check/inbound.ts';
import {matrixStep} from '../check/matrix.ts';
import {objectsStep} from '../check/objects.ts';
import {certificateStep} from '../verify/certificate.ts';
import {istiodStep} from '../verify/istiod.ts';
import {listenerStep} from '../verify/listener.ts';
import {readyStep} from '../verify/ready.ts';
import {requestStep} from '../verify/request.ts';
import {restStep} from '../verify/rest.ts';
import {packageVmStep} from './check.ts';
import {comparePackageStep} from './compare.ts';
import {installStep} from './install.ts';
import {placeStep} from './place.ts';
import {registeredStep} from './registered.ts';
import {serviceStep} from './service.ts';
import {startPackageStep} from './start.ts';

/**
 * Onboarding with Istio's own package instead of a container: the same phases, with what is asked of the VM in its own way.
 * It prepares by itself: the package brings its account and its directories.
 */
export const packageSteps: readonly Step[] = [
	objectsStep,
	packageVmStep,
	gatewayStep,
	inboundStep,
	installStep,
	comparePackageStep,
	tokenStep,
	placeStep,
	startPackageStep,
	serviceStep,
	readyStep,
	certificateStep,
	istiodStep,
	registeredStep,
	listenerStep,
	restStep,
	requestStep,
];

/** What `check` looks at: the same objects and VM, and more of the way than an onboarding needs. */
export const packageLook: readonly Step[] = [objectsStep, packageVmStep, matrixStep];
