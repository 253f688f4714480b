import {describe, expect, it} from 'vitest';
import {catalogue} from '../../../source/diagnosis/catalogue.ts';
import {exitCodes, UserError} from '../../../source/errors.ts';
import {makeBundle} from '../../../source/onboarding/perform/make-bundle.ts';
import {makePlan, stepsOf} from '../../../source/onboarding/plan.ts';
import {sharedVms} from '../../../source/onboarding/shared-vm.ts';
import {compareStep} from '../../../source/onboarding/steps/bootstrap/compare.ts';
import {readStep} from '../../../source/onboarding/steps/bootstrap/read.ts';
import {findingOf} from '../../../source/onboarding/steps/stopped-by.ts';
import {memoryCluster, parseObjects} from '../../helpers/memory-cluster.ts';
import {drafts, resolve} from '../../helpers/mesh.ts';
import {targetNamed} from '../../helpers/target.ts';
import {drive, ran} from '../drive.ts';

const wanted = {task: 'bootstrap', prepare: false, force: false} as const;
const options = {...wanted, profile: 'default', context: 'lab'} as const;
const target = targetNamed('ratings-vm', 'bookinfo');

describe('the task', () => {
	it('puts files; pulls and starts only when that is asked for', () => {
		const ids = (start: boolean) => stepsOf({...wanted, start}).map(({id}) => id.slice('bootstrap.'.length));
		expect(ids(false)).toEqual(['read', 'compare', 'token', 'files']);
		expect(ids(true)).toEqual(['read', 'compare', 'token', 'files', 'image', 'start']);
	});

	it('needs no engine for files alone, and finds them as they should be', () => {
		const answer = (action: {kind: string; command?: string}) =>
			action.command?.startsWith('docker') === true ? ran('', 127, 'docker: not found') : ran('');
		const files = drive(compareStep, {target, facts: {}, options}, answer);
		expect(files.outcome).toMatchObject({status: 'succeeded', facts: {unchanged: false}});
		const start = drive(compareStep, {target, facts: {}, options: {...options, start: true}}, answer);
		expect(start.outcome).toMatchObject({status: 'failed', findings: [{id: 'vm.runtime-missing'}]});
	});
});

describe('reading the entry again', () => {
	const read = (answer: () => unknown) => drive(readStep, {target, facts: {}, options}, answer);

	it('tells what does not keep a bundle from being made, and goes on', async () => {
		const mesh = drafts();
		mesh.remove('Sidecar', 'ratings-vm');
		const now = await resolve(mesh.objects());
		const {outcome} = read(() => now);
		expect(outcome).toMatchObject({status: 'succeeded', target: now});
		expect(outcome.findings?.map(({id}) => id)).toContain('sidecar.missing');
	});

	it('stops for what does, and for an entry that is gone', async () => {
		const mesh = drafts();
		delete mesh.edit('WorkloadEntry', 'ratings-vm')['spec'].serviceAccount;
		const now = await resolve(mesh.objects());
		expect(read(() => now).outcome.status).toBe('failed');
		const gone = new UserError({code: 'entry.not-found', message: 'gone', exitCode: exitCodes.badData});
		expect(() =>
			read(() => {
				throw gone;
			}),
		).toThrow(gone);
	});
});

describe('a user who may not create tokens', () => {
	it('is shown the Role and the binding to ask for, before and after trying', async () => {
		const mesh = drafts();
		const cluster = memoryCluster(mesh.objects(), {mayCreateTokens: false});
		const {readMesh, readTarget} = await import('../../../source/onboarding/resolve.ts');
		const settings = {flags: {}, profile: {}};
		const found = await readTarget(cluster, await readMesh(cluster, settings), 'ratings-vm.bookinfo', settings);
		const made = await makeBundle(cluster, makePlan(found, options), () => undefined);
		const before = 'ref' in made ? made.findings.map(({remedy}) => remedy.manifest) : [];
		const error = new UserError({code: 'token.forbidden', message: 'You may not.', exitCode: exitCodes.notPermitted});
		const after = findingOf(error, {target: found, options})?.remedy.manifest;
		expect(before).toEqual([after]);
		expect(parseObjects(after ?? '')).toMatchObject([
			{
				kind: 'Role',
				metadata: {namespace: 'bookinfo'},
				rules: [{apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create']}],
			},
			{kind: 'RoleBinding', metadata: {namespace: 'bookinfo'}, roleRef: {kind: 'Role', name: 'meshboard-token'}},
		]);
		expect(catalogue['token.forbidden'].remedy.text).toContain('kubectl auth whoami');
	});
});

it('entries of one VM are in each other’s way when proxies are started, and in one directory', () => {
	const other = targetNamed('reviews-vm', 'bookinfo', {configDir: {value: '/etc/other', source: 'annotation'}});
	const third = targetNamed('third-vm', 'bookinfo');
	const refs = (targets: readonly (typeof other)[], onlyFiles: boolean) => [...sharedVms(targets, {onlyFiles}).keys()];
	expect(refs([target, other], false)).toEqual(['ratings-vm.bookinfo', 'reviews-vm.bookinfo']);
	expect(refs([target, other], true)).toEqual([]);
	expect(refs([target, other, third], true)).toEqual(['ratings-vm.bookinfo', 'third-vm.bookinfo']);
});
