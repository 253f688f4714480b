import fc from 'fast-check';
import {expect, test} from 'vitest';
import {bundleFiles} from '../../source/bundle/files.ts';
import {drafts, resolve} from '../helpers/mesh.ts';
import {entry} from './object-cases.ts';

test('a sound mesh has no problems', async () => {
	expect((await resolve(drafts().objects())).problems).toEqual([]);
});

test('what a copied command says is a word, whatever the object holds', async () => {
	const mesh = drafts();
	entry(mesh)['spec'].serviceAccount = 'x; reboot';
	const {problems} = await resolve(mesh.objects());
	expect(problems.map(({remedy}) => remedy.command ?? '').join('\n')).toContain("create serviceaccount 'x; reboot' -n");
});

test('objects of any shape give a target, and a bundle or the reason why there is none', async () => {
	const kinds = [
		'WorkloadEntry/ratings-vm',
		'Sidecar/ratings-vm',
		'Service/ratings',
		'Service/istio-eastwestgateway',
		'Pod/istiod-1',
	];
	const junk = fc.oneof(fc.object(), fc.constant(undefined), fc.constant(null), fc.array(fc.object()), fc.string());
	const field = fc.constantFrom(
		'address',
		'ports',
		'labels',
		'serviceAccount',
		'network',
		'ingress',
		'workloadSelector',
		'selector',
		'externalIPs',
	);
	await fc.assert(
		fc.asyncProperty(fc.constantFrom(...kinds), fc.option(field, {nil: undefined}), junk, async (which, at, value) => {
			const mesh = drafts();
			const [kind = '', name = ''] = which.split('/');
			const object = mesh.edit(kind, name);
			if (at === undefined) object['spec'] = value;
			else if (object['spec'] !== undefined) object['spec'][at] = value;
			const target = await resolve(mesh.objects());
			if (target.mesh === undefined || target.gateway === undefined || target.instanceIp === undefined)
				expect(target.problems.some(({severity}) => severity === 'error')).toBe(true);
			if (!target.problems.some(({severity}) => severity === 'error')) expect(bundleFiles(target)).toHaveLength(3);
		}),
		{numRuns: 300},
	);
});
