import {describe, expect, it} from 'vitest';
import type {Facts} from '../../../source/onboarding/step.ts';
import {loadStep} from '../../../source/onboarding/steps/bootstrap/load.ts';
import type {ExecResult, ImageArchive} from '../../../source/ports.ts';
import {targetNamed} from '../../helpers/target.ts';
import {drive, ran} from '../drive.ts';

const image = '/srv/proxy.tar';
const options = {task: 'onboard', prepare: false, force: false, profile: 'default', context: 'lab', image} as const;
const archive: ImageArchive = {names: ['istio/proxyv2:1.31.0'], format: 'docker', architecture: 'amd64'};
const missing = ran('', 1, 'Error: No such image');

function load({
	held = archive,
	fed = ran('Loaded image: istio/proxyv2:1.31.0\n'),
	present = false,
	after = ran('[]'),
	facts = {},
}: {
	held?: ImageArchive;
	fed?: ExecResult;
	present?: boolean;
	after?: ExecResult;
	facts?: Facts;
} = {}) {
	let looks = 0;
	return drive(loadStep('bootstrap'), {target: targetNamed('ratings-vm', 'bookinfo'), facts, options}, (action) => {
		if (action.kind === 'read-image') return held;
		if (action.kind === 'feed') return fed;
		looks++;
		return looks === 1 ? (present ? ran('[]') : missing) : after;
	});
}

describe('the image from a file', () => {
	it('is fed into the engine, and found there by the name of the container', () => {
		const {outcome, asked} = load();
		expect(outcome).toMatchObject({status: 'succeeded', changed: true});
		expect(asked.filter(({kind}) => kind === 'feed')).toEqual([
			{kind: 'feed', from: image, command: 'docker load', changes: true},
		]);
	});

	it('is not sent where it is there already', () => {
		const {outcome, asked} = load({present: true});
		expect(outcome.status).toBe('skipped');
		expect(asked).toHaveLength(1);
	});

	it.each([
		[['istio/proxyv2:1.30.0'], 'holds istio/proxyv2:1.30.0, and the proxy needs docker.io/istio/proxyv2:1.31.0'],
		[[], 'holds an image without a name'],
		[['1.31.0'], 'holds 1.31.0, and'],
	])('of another name, %j, is told before anything is sent', (names, words) => {
		const {outcome, asked} = load({held: {...archive, names}});
		expect(outcome).toMatchObject({status: 'failed', detail: expect.stringContaining(words)});
		expect(outcome.detail).toContain('docker save -o FILE docker.io/istio/proxyv2:1.31.0');
		expect(asked.filter(({kind}) => kind === 'feed')).toEqual([]);
	});

	it('for another processor is told before anything is sent', () => {
		const vm = {docker: {architecture: 'arm64'}} as Facts['vm'] & object;
		const {outcome} = load({facts: {vm}});
		expect(outcome.findings?.[0]?.id).toBe('vm.arch-mismatch');
	});

	it.each([
		['Error processing tar file(exit status 1): no space left on device', 'vm.disk-unwritable'],
		['open /var/lib/docker/tmp/docker-import-1/manifest.json: no such file or directory', 'proxy.image-not-found'],
	])('that the engine refuses is told in its words: %s', (words, id) => {
		const {outcome} = load({fed: ran('', 1, words)});
		expect(outcome.findings?.[0]).toMatchObject({id, evidence: [{source: 'docker load', text: words}]});
	});

	it('that is not there after all is a failure', () => {
		expect(load({after: missing}).outcome).toMatchObject({status: 'failed', changed: true});
	});
});
