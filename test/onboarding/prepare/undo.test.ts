import {describe, expect, it} from 'vitest';
import {undoSteps} from '../../../source/onboarding/steps/undo/index.ts';
import {lookStep} from '../../../source/onboarding/steps/undo/look.ts';
import {accountStep, engineStep} from '../../../source/onboarding/steps/undo/take-back.ts';
import {drive, ran} from '../drive.ts';
import {context, isFollow} from './recorded.ts';

const answer = (record: string, container = '') =>
	`=record 0\n${record.replaceAll(/^/gm, '|')}\n=container 0\n|${container}\n=end 0\n|end\n`;

describe('taking back what was done', () => {
	it('begins with what the VM has recorded, each once, and nothing that is no record', () => {
		const said = answer('package docker.io\npackage docker.io\n$(reboot)\naccount istio-proxy 1002\nbefore.engine');
		const {outcome} = drive(lookStep, context(), () => ran(said));
		expect(outcome.facts?.recorded).toEqual(['package docker.io', 'account istio-proxy 1002', 'before.engine']);
		expect(outcome.detail).toContain('account istio-proxy');
	});

	it('changes nothing while the proxy is there', () => {
		const {outcome} = drive(lookStep, context(), () => ran(answer('package docker.io', 'istio-proxy Up 3 hours')));
		expect(outcome).toMatchObject({status: 'failed', detail: expect.stringContaining('meshboard offboard ratings-vm')});
	});

	it('asks nothing more of a VM on which nothing is recorded', () => {
		for (const step of undoSteps.slice(1)) {
			const {outcome, asked} = drive(step, context({}, {recorded: []}), () => ran());
			expect(outcome.status).toBe('skipped');
			expect(asked).toEqual([]);
		}
	});

	it('shows beforehand what it would take back, where the VM was asked, and no command for what is not there', () => {
		const recorded = [
			'directory made /etc/istio proxy',
			'directory mode 755 775 /srv/a b',
			'package docker.io',
			'package containerd',
			'enabled docker',
		];
		const known = context({}, {recorded, foreseen: '5 things'});
		const shown = undoSteps.map((step) => [step.foresee?.(known), step.plan(known).length]);
		expect(shown).toEqual([
			[['5 things'], 0],
			[['takes back /etc/istio proxy', 'takes back mode of /srv/a b, 755 again'], 2],
			[['nothing of it is recorded'], 0],
			[['takes back service docker, started with the machine', 'takes back packages docker.io, containerd'], 2],
		]);
	});

	it('tells of each thing what came of it; what others use is a warning with the reason, and no failure', () => {
		const said = 'undone /home/x/.ssh: removed\nleft account istio-proxy|its home holds notes.txt\n';
		const {outcome} = drive(accountStep, context({}, {recorded: ['account istio-proxy 1002']}), (action) =>
			action.kind === 'exec' ? ran(said) : undefined,
		);
		expect(outcome).toMatchObject({status: 'succeeded', changed: true});
		expect(outcome.checks).toMatchObject([
			{title: '/home/x/.ssh', outcome: 'passed', detail: 'removed'},
			{title: 'account istio-proxy', outcome: 'warning', detail: 'left, its home holds notes.txt'},
		]);
	});

	it('fails where the package manager does, and says what is gone by then', () => {
		const {outcome} = drive(engineStep, context({}, {recorded: ['package docker.io']}), (action) =>
			isFollow(action) ? ran('undone service docker: no longer enabled\nE: dpkg was interrupted', 100) : ran(),
		);
		expect(outcome).toMatchObject({status: 'failed', changed: true, checks: [{title: 'service docker'}]});
	});
});
