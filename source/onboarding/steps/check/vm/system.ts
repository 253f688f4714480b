import {findingAbout} from '../../stopped-by.ts';
import {verdict} from '../verdict.ts';
import type {Rule} from './subject.ts';

/** `vm.os-unsupported`: the container image is for Linux. */
export const systemRule: Rule = (subject) => {
	const {vm} = subject;
	const title = 'System';
	if (vm.kernel === 'Linux')
		return [verdict('vm.system', title, 'passed', `${vm.os.prettyName || 'Linux'}, ${vm.architecture}`)];
	const summary = `The machine runs ${vm.kernel}, not Linux.`;
	const evidence = [{source: 'uname -s', text: vm.kernel}];
	return [
		verdict('vm.system', title, 'failed', summary, [findingAbout(subject, 'vm.os-unsupported', evidence, summary)]),
	];
};
