import type {FindingId} from '../../../../diagnosis/catalogue.ts';
import {quote} from '../../../../vm/quote.ts';
import {findingAbout} from '../../stopped-by.ts';
import {verdict} from '../verdict.ts';
import type {Rule, Subject} from './subject.ts';

/** `vm.runtime-missing`, `vm.docker-denied`, `vm.docker-group-stale`, `vm.docker-stopped`: the SSH user must be able to use Docker. */
export const engineRule: Rule = (subject) => {
	const {vm} = subject;
	const title = 'Docker';
	if (vm.docker.state === 'usable') {
		return [verdict('vm.docker', title, 'passed', `${vm.docker.text}, usable by ${vm.user}`)];
	}
	const [id, summary] = causeOf(subject);
	const found = findingAbout(
		subject,
		id,
		[
			{source: 'docker version', text: vm.docker.text || 'docker: not found'},
			{source: 'id -nG', text: vm.groups.join(' ')},
			{source: 'getent group docker', text: vm.dockerGroup?.join(',') ?? 'no such group'},
			{source: 'systemctl is-active docker', text: vm.docker.active || 'unknown'},
		],
		summary,
		{user: quote(vm.user)},
	);
	return [verdict('vm.docker', title, 'failed', summary, [found])];
};

function causeOf({vm}: Subject): [FindingId, string] {
	switch (vm.docker.state) {
		case 'missing':
			return ['vm.runtime-missing', `There is no Docker on the VM (${vm.os.prettyName || 'unknown distribution'}).`];
		case 'denied':
			return ['vm.docker-denied', `${vm.user} may not use Docker.`];
		case 'group-stale':
			return ['vm.docker-group-stale', `${vm.user} is in group docker, and this session is older than that.`];
		case 'stopped':
			return ['vm.docker-stopped', 'Docker is installed, and its daemon does not run.'];
		default:
			return ['vm.docker-stopped', `Docker does not answer: ${vm.docker.text}`];
	}
}
