import {findingAbout} from '../../stopped-by.ts';
import {verdict} from '../verdict.ts';
import {ownContainer, type Rule} from './subject.ts';

/** `vm.not-reboot-safe`: Docker starts with the machine, and the bundle is still there then. */
export const rebootRule: Rule = (subject) => {
	const {target, vm} = subject;
	const title = 'Reboot';
	const {path, fileSystem} = vm.configDir;
	const policy = ownContainer(subject)?.restartPolicy ?? '';
	const evidence = [
		...(/^(disabled|masked)/.test(vm.docker.enabled)
			? [{source: 'systemctl is-enabled docker', text: vm.docker.enabled}]
			: []),
		...(/^\/(tmp|run|var\/run|dev\/shm)\//.test(`${path}/`) || /^(tmpfs|ramfs)$/.test(fileSystem)
			? [{source: `stat -f -c %T ${path}`, text: `${fileSystem}: ${path} is emptied by a reboot`}]
			: []),
		...(policy === '' || policy === 'always' || policy === 'unless-stopped'
			? []
			: [{source: `docker inspect ${target.containerName.value}`, text: `restart policy ${policy}`}]),
	];
	if (evidence.length === 0) return [verdict('vm.reboot', title, 'passed', 'the proxy will be back after a reboot')];
	const found = findingAbout(subject, 'vm.not-reboot-safe', evidence);
	return [verdict('vm.reboot', title, 'warning', evidence.map(({text}) => text).join('; '), [found])];
};
