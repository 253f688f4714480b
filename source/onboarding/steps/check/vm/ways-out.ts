import {wordsOfWaysOut} from '../../../../vm/ways-out.ts';
import {verdict} from '../verdict.ts';
import type {Rule} from './subject.ts';

/** A fact, where there is something to tell: by which proxies and mirrors the VM gets out. Whether that serves is seen at the registry. */
export const waysOutRule: Rule = ({vm}) => {
	const words = wordsOfWaysOut(vm.waysOut);
	return words === '' ? [] : [verdict('vm.ways-out', 'Proxies and mirrors', 'passed', words)];
};
