import {findingAbout} from '../../stopped-by.ts';
import {verdict} from '../verdict.ts';
import type {Rule} from './subject.ts';

/** `vm.selinux`: it enforces, and has of late denied a container something. */
export const selinuxRule: Rule = (subject) => {
	const {confinement, denials} = subject.vm;
	if (confinement.selinux !== 'Enforcing' || denials.length === 0) return [];
	const found = findingAbout(subject, 'vm.selinux', [{source: 'ausearch -m avc', text: denials.join('\n')}]);
	return [verdict('vm.selinux', 'SELinux', 'failed', found.summary, [found])];
};
