import {wordsOfConfinement} from '../../../../vm/confinement.ts';
import {verdict} from '../verdict.ts';
import type {Rule} from './subject.ts';

/**
 * What keeps containers apart on the VM. Docker without root has no network of the VM: its `--network host` is one of its own
 * (docs.docker.com, "Rootless mode", known limitations), so that no pod reaches the proxy there. podman's is the VM's.
 */
export const confinementRule: Rule = ({vm, target}) => {
	const {confinement} = vm;
	const title = 'Confinement';
	if (confinement.rootless && target.runtime.value === 'docker') {
		const words = `Docker runs without root for ${vm.user}: the host network of its containers is not the VM's, and no pod would reach the proxy. Let ${vm.user} use the machine's Docker (group docker, DOCKER_HOST unset), or let podman run the proxy (--runtime podman)`;
		return [verdict('vm.confinement', title, 'failed', words)];
	}
	const words = wordsOfConfinement(confinement);
	return words === '' ? [] : [verdict('vm.confinement', title, 'passed', words)];
};
