import {findingAbout} from '../../stopped-by.ts';
import {verdict} from '../verdict.ts';
import type {Rule} from './subject.ts';

/** `ssh.copy-failed`: files go to the VM through its shell, where they are compared before they take their places. */
export const copyRule: Rule = (subject) => {
	const {vm} = subject;
	const title = 'Copying files';
	if (vm.tools.length === 0) return [verdict('vm.copy', title, 'not-done', 'the VM did not tell its programs')];
	if (vm.tools.includes('sha256sum')) return [verdict('vm.copy', title, 'passed', 'with the shell and sha256sum')];
	const summary = 'Files cannot be put on the VM and compared there: it has no sha256sum.';
	const found = findingAbout(
		subject,
		'ssh.copy-failed',
		[{source: 'command -v sha256sum', text: 'not found'}],
		summary,
	);
	const remedy = {text: 'Install coreutils on the VM.', command: 'command -v sha256sum'};
	return [verdict('vm.copy', title, 'failed', summary, [{...found, remedy}])];
};
