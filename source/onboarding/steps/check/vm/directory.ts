import type {VmFacts} from '../../../../vm/facts.ts';
import {quote} from '../../../../vm/quote.ts';
import {findingAbout} from '../../stopped-by.ts';
import {type Verdict, verdict} from '../verdict.ts';
import type {Rule} from './subject.ts';

const full = /no space left|read-only file system|disk quota/i;

/** `vm.config-dir-denied`: the SSH user must be able to write the bundle. A full or read-only file system is `vm.disk-unwritable`. */
export const directoryRule: Rule = (subject) => {
	const {vm} = subject;
	const {configDir} = vm;
	const title = 'Configuration directory';
	const judge = (outcome: 'passed' | 'failed', detail: string, findings: Verdict['findings'] = []) => [
		verdict('vm.config-dir', title, outcome, detail, findings),
	];
	if (configDir.kind !== 'other' && configDir.writable) {
		return judge(
			'passed',
			configDir.kind === 'absent' ? `${configDir.path} will be made` : `${configDir.path} is writable`,
		);
	}
	const summary =
		configDir.kind === 'other'
			? `${configDir.path} is there, and is no directory.`
			: configDir.kind === 'absent'
				? `${vm.user} cannot make ${configDir.path}.`
				: `${vm.user} cannot write into ${configDir.path}.`;
	const found = findingAbout(
		subject,
		full.test(configDir.text) ? 'vm.disk-unwritable' : 'vm.config-dir-denied',
		[
			{source: configDir.text === '' ? 'test -d' : 'mkdir', text: configDir.text || summary},
			{source: 'stat', text: statOf(configDir)},
		],
		summary,
		{user: quote(vm.user)},
	);
	return judge('failed', summary, [found]);
};

function statOf({mode, owner, group, fileSystem}: VmFacts['configDir']): string {
	return mode === ''
		? `absent, on ${fileSystem || 'an unknown file system'}`
		: `${mode} ${owner}:${group} on ${fileSystem}`;
}
