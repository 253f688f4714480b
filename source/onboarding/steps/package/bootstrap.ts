import type {Step} from '../../step.ts';
import {readStep} from '../bootstrap/read.ts';
import {tokenStep} from '../bootstrap/token.ts';
import {packageVmStep} from './check.ts';
import {comparePackageStep} from './compare.ts';
import {placeStep} from './place.ts';
import {startPackageStep} from './start.ts';

/** What bootstrap does with a VM that has the package: its files into their places, and the service started. */
export const packageBootstrap: readonly Step[] = [
	packageVmStep,
	readStep,
	comparePackageStep,
	tokenStep,
	placeStep,
	startPackageStep,
];
