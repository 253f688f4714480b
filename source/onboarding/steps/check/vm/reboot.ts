import {findingAbout} from '../../stopped-by.ts';
import {verdict} from '../verdict.ts';
import {ownContainer, type Rule, type Subject} from './subject.ts';

/** `vm.not-reboot-safe`: the engine starts the proxy with the machine, and the bundle is still there then. */
export const rebootRule: Rule = (subject) => {
	const {target, vm} = subject;
	const title = 'Reboot';
	const {path, fileSystem} = vm.configDir;
	const policy = ownContainer(subject)?.restartPolicy ?? '';
	const name = target.containerName.value;
	const rightPolicies = target.runtime.value === 'docker' ? ['', 'always', 'unless-stopped'] : ['', 'always'];
	const evidence = [
		...(/^(disabled|masked)/.test(vm.docker.enabled)
			? [{source: 'systemctl is-enabled docker', text: vm.docker.enabled}]
			: []),
		...(/^\/(tmp|run|var\/run|dev\/shm)\//.test(`${path}/`) || /^(tmpfs|ramfs)$/.test(fileSystem)
			? [{source: `stat -f -c %T ${path}`, text: `${fileSystem}: ${path} is emptied by a reboot`}]
			: []),
		...(rightPolicies.includes(policy)
			? []
			: [{source: `${target.runtime.value} inspect ${name}`, text: `restart policy ${policy}`}]),
		...notStartedAtBoot(subject),
	];
	if (evidence.length === 0) return [verdict('vm.reboot', title, 'passed', 'the proxy will be back after a reboot')];
	const known = findingAbout(subject, 'vm.not-reboot-safe', evidence);
	const found = vm.atBoot === undefined ? known : {...known, remedy: {text: podmanRemedy(subject)}};
	return [verdict('vm.reboot', title, 'warning', evidence.map(({text}) => text).join('; '), [found])];
};

/** systemd ends what a user runs with the last session, and starts nothing of it at boot, unless the user lingers (loginctl(1)). */
function notStartedAtBoot({vm: {atBoot, user}}: Subject) {
	if (atBoot === undefined) return [];
	return [
		...(atBoot.lingers ? [] : [{source: `/var/lib/systemd/linger/${user}`, text: `${user} does not linger`}]),
		...(atBoot.restarts
			? []
			: [{source: 'podman-restart.service', text: `podman starts no container of ${user} at boot`}]),
	];
}

function podmanRemedy({vm: {user}}: Subject): string {
	return `\`sudo loginctl enable-linger ${user}\`, and as ${user} \`systemctl --user enable podman-restart.service\`; \`proxy-config-dir\` to \`/etc/istio-proxy\``;
}
