import {clusterContract} from '../contract/cluster.ts';
import {openSandbox} from './open-sandbox.ts';

clusterContract('The sandbox', async () => {
	const sandbox = await openSandbox();
	return {
		kubeconfig: sandbox.kubeconfig,
		namespace: 'bookinfo',
		pod: {labels: 'app=client', container: 'client'},
		stop: sandbox.close,
	};
});
