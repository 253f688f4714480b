import {afterAll, beforeAll, expect, test} from 'vitest';
import {createCluster} from '../../source/kubernetes/cluster.ts';
import {bareObject} from '../../source/mesh/bare-object.ts';
import {toYaml} from '../../source/mesh/yaml.ts';
import {applyEdit, readForEdit, rehearseEdit} from '../../source/onboarding/objects/edit.ts';
import type {Cluster} from '../../source/ports.ts';
import {openSandbox} from './open-sandbox.ts';

// Editing an entry of an API server, as with kubectl edit.
const ref = 'ratings-vm.bookinfo';
let cluster: Cluster;
let close: () => unknown;

beforeAll(async () => {
	const sandbox = await openSandbox();
	cluster = await createCluster({env: {}, kubeconfig: sandbox.kubeconfig});
	close = async () => {
		cluster.close();
		await sandbox.close();
	};
});
afterAll(() => close());

const read = async () => {
	const before = await readForEdit(cluster, ref);
	return {before, text: toYaml(bareObject(before))};
};

test('what was edited is shown first, then made, and what others changed meanwhile is not written over', async () => {
	const {before, text} = await read();
	expect(await rehearseEdit(cluster, {before, text})).toMatchObject({outcome: 'unchanged'});

	const edited = {before, text: text.replace(/^spec:\n/m, 'spec:\n  weight: 7\n')};
	const rehearsal = await rehearseEdit(cluster, edited);
	expect(rehearsal).toMatchObject({outcome: 'configured', after: {spec: {weight: 7}}});
	expect(rehearsal.before).not.toHaveProperty('spec.weight');
	expect((await read()).before.metadata.resourceVersion).toBe(before.metadata.resourceVersion);

	await applyEdit(cluster, edited);
	const now = await read();
	expect(now.before).toMatchObject({spec: {weight: 7}});
	await expect(
		applyEdit(cluster, {...edited, text: text.replace('spec:\n', 'spec:\n  weight: 9\n')}),
	).rejects.toMatchObject({
		code: 'conflict',
		message: 'The entry ratings-vm was changed by somebody else meanwhile.',
	});

	// What is taken out of the text goes.
	await applyEdit(cluster, {before: now.before, text});
	expect((await read()).before).not.toHaveProperty('spec.weight');
});

test.each([
	['no YAML', (text: string) => `${text}\n  - [`, {code: 'manifest'}],
	[
		'another object',
		(text: string) => text.replace('name: ratings-vm', 'name: other-vm'),
		{code: 'invalid', message: /another object/},
	],
	['two objects', (text: string) => `${text}\n---\n${text}`, {code: 'invalid', message: /more than one/}],
	[
		'a field of the wrong type',
		(text: string) => text.replace('spec:\n', 'spec:\n  weight: heavy\n'),
		{code: 'invalid', message: /spec\.weight/},
	],
])('%s is refused, and nothing is changed', async (_, change, {code, message}: {code: string; message?: RegExp}) => {
	const {before, text} = await read();
	const fault = await rehearseEdit(cluster, {before, text: change(text)}).catch((error: unknown) => error);
	expect(fault).toMatchObject({code, exitCode: 65});
	if (message !== undefined) expect(String(fault)).toMatch(message);
	expect((await read()).before).toEqual(before);
});

test('an entry that is not there is said to be missing', async () => {
	await expect(readForEdit(cluster, 'nobody.bookinfo')).rejects.toMatchObject({code: 'entry.not-found'});
});
