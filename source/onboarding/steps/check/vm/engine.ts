import type {FindingId} from '../../../../diagnosis/catalogue.ts';
import type {Finding} from '../../../../diagnosis/finding.ts';
import {quote} from '../../../../vm/quote.ts';
import {engineName} from '../../engine-name.ts';
import {findingAbout} from '../../stopped-by.ts';
import {verdict} from '../verdict.ts';
import type {Rule, Subject} from './subject.ts';

/** `vm.runtime-missing`, `vm.docker-denied`, `vm.docker-group-stale`, `vm.docker-stopped`: the SSH user must be able to use Docker. */
export const engineRule: Rule = (subject) => {
	const {vm} = subject;
	const {runtime} = subject.target;
	const title = engineName(runtime.value);
	if (vm.docker.state === 'usable') {
		return [verdict('vm.docker', title, 'passed', `${vm.docker.text}, usable by ${vm.user}`)];
	}
	if (runtime.value === 'podman') return [verdict('vm.docker', title, 'failed', ...podmanFails(subject))];
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

/** podman has no daemon that could be stopped, and no group: either it runs for the user, or it is not rightly installed. */
function podmanFails(subject: Subject): [string, readonly Finding[]] {
	const {vm} = subject;
	const summary =
		vm.docker.state === 'missing'
			? `There is no podman on the VM (${vm.os.prettyName || 'unknown distribution'}).`
			: `podman does not run for ${vm.user}: ${vm.docker.text}`;
	const evidence = [{source: 'podman info', text: vm.docker.text || 'podman: not found'}];
	const remedy = {
		text: 'Install it, with the ids of its user in /etc/subuid.',
		command: 'sudo apt-get install -y podman',
	};
	return [summary, [{...findingAbout(subject, 'vm.runtime-missing', evidence, summary), remedy}]];
}

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
