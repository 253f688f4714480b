import {describe, expect, it} from 'vitest';
import type {Action} from '../../../source/onboarding/action.ts';
import {makePlan, stepsOf} from '../../../source/onboarding/plan.ts';
import type {Outcome} from '../../../source/onboarding/step.ts';
import {targetNamed} from '../../helpers/target.ts';
import {drive, ran} from '../drive.ts';

const target = targetNamed('ratings-vm', 'bookinfo');
const base = {task: 'offboard', prepare: false, force: false, profile: 'default', context: 'lab'} as const;
const everything = {...base, deleteEntry: true, removeDirectory: true, removeImage: true};
const directory = '/etc/istio-proxy';

/** A VM with the proxy of an entry; steps take from it what they remove. */
type World = {
	entry: boolean;
	container: 'ratings-vm' | 'reviews-vm' | undefined;
	status: string;
	files: string[];
	/** Paths that another container mounts. */
	mounts: readonly string[];
	image: boolean;
	/** What a command says instead, by its first two words. */
	refuses: Readonly<Record<string, {code: number; stderr: string}>>;
	listedFor: number;
};

const onboarded = (): World => ({
	entry: true,
	container: 'ratings-vm',
	status: 'running',
	files: ['sidecar.env', 'istio-ca.pem', 'istio-token'],
	mounts: [],
	image: true,
	refuses: {},
	listedFor: 0,
});

function answer(world: World) {
	return (action: Action): unknown => {
		switch (action.kind) {
			case 'remove-object': {
				const was = world.entry;
				world.entry = false;
				return was;
			}
			case 'wait':
				return undefined;
			case 'istiod': {
				const body = JSON.stringify(
					world.listedFor-- > 0 ? [{proxy: 'ratings-vm.bookinfo', proxy_type: 'sidecar'}] : [],
				);
				return {done: true, pods: [{pod: 'istiod-1', status: 200, body}]};
			}
			case 'exec':
				return shell(world, action.command);
			default:
				throw new Error(`not asked for: ${action.kind}`);
		}
	};
}

function shell(world: World, command: string) {
	const words = command.split(' ');
	const said = world.refuses[words.slice(0, 3).join(' ')] ?? world.refuses[words.slice(0, 2).join(' ')];
	if (said !== undefined) return ran('', said.code, said.stderr);
	if (command.startsWith('ids=$(docker ps -a -q)')) {
		const mounts = world.mounts.map((Source) => ({Type: 'bind', Source}));
		return ran(`"/other" ${JSON.stringify(mounts)}\n`);
	}
	switch (words.slice(0, 2).join(' ')) {
		case 'docker container':
			return world.container === undefined
				? ran('[]', 1, 'Error: No such container: istio-proxy')
				: ran(
						JSON.stringify([
							{
								State: {Status: world.status},
								Config: {Env: [`POD_NAME=${world.container}`, 'POD_NAMESPACE=bookinfo']},
							},
						]),
					);
		case 'docker stop':
			world.status = 'exited';
			return ran('istio-proxy');
		case 'docker rm':
			world.container = undefined;
			return ran('istio-proxy');
		case `ls -A`:
			return ran(world.files.map((name) => `${name}\n`).join(''));
		case 'rm -f':
			world.files = world.files.filter((name) => !words.includes(`${directory}/${name}`));
			return ran();
		case 'test -d':
			return ran('', 0);
		case `rmdir ${directory}`:
			return world.files.length === 0
				? ran()
				: ran('', 1, `rmdir: failed to remove '${directory}': Directory not empty`);
		case 'docker image':
			if (words[2] === 'rm') world.image = false;
			return world.image || words[2] === 'rm' ? ran('[]') : ran('[]', 1, 'Error: No such image');
		default:
			throw new Error(`the VM does not know: ${command}`);
	}
}

/** The task, as the runner walks it; `kill` stops it before the step of that name. */
function offboard(world: World, options: Parameters<typeof makePlan>[1] = base, kill?: string) {
	const outcomes: Record<string, Outcome> = {};
	const asked: Action[] = [];
	for (const step of stepsOf(options)) {
		if (step.id === kill) break;
		const done = drive(step, {target, facts: {}, options}, answer(world));
		asked.push(...done.asked);
		outcomes[step.id] = done.outcome;
		if (done.outcome.status === 'failed') break;
	}
	const changes = asked.flatMap((action) =>
		'changes' in action && action.changes
			? [action.kind === 'exec' ? action.command.split(' ').slice(0, 3).join(' ') : action.kind]
			: [],
	);
	return {outcomes, changes, asked};
}

describe('an onboarded VM', () => {
	it('is left without container and files; its entry, directory and image stay', () => {
		const world = onboarded();
		const {changes, outcomes} = offboard(world);
		expect(changes).toEqual(['docker stop istio-proxy', 'docker rm --force', `rm -f ${directory}/sidecar.env`]);
		expect(world).toMatchObject({entry: true, container: undefined, files: [], image: true});
		expect(outcomes['offboard.container']?.detail).toContain('its entry is still there: requests to it fail');
		expect(outcomes['offboard.gone']).toMatchObject({status: 'succeeded'});
	});

	it('is drained first when its entry goes: nobody is sent to a proxy that has stopped', () => {
		const world = onboarded();
		const {asked, changes} = offboard(world, everything);
		const order = asked.map((action) =>
			action.kind === 'exec' ? action.command.split(' ').slice(0, 2).join(' ') : action.kind,
		);
		expect(order.indexOf('remove-object')).toBeLessThan(order.indexOf('wait'));
		expect(order.indexOf('wait')).toBeLessThan(order.indexOf('docker stop'));
		expect(changes.slice(-2)).toEqual([`rmdir ${directory}`, 'docker image rm']);
		expect(world).toEqual({
			...onboarded(),
			entry: false,
			container: undefined,
			status: 'exited',
			files: [],
			image: false,
			listedFor: expect.any(Number),
		});
	});

	it('has nothing to do a second time', () => {
		const world = onboarded();
		offboard(world, everything);
		const again = offboard(world, {...everything, removeDirectory: false});
		expect(again.changes).toEqual(['remove-object']);
		const skipped = Object.values(again.outcomes).filter(({status}) => status === 'skipped');
		expect(skipped.map(({detail}) => detail)).toEqual([
			'there is no WorkloadEntry bookinfo/ratings-vm any more',
			'there is no container istio-proxy',
			`there is no file of the bundle in ${directory}`,
			'docker.io/istio/proxyv2:1.31.0 is not on the VM',
		]);
	});

	it.each(stepsOf(everything).map(({id}) => id))(
		'is done whole by a second run after one that broke off before %s',
		(kill) => {
			const world = onboarded();
			offboard(world, everything, kill);
			expect(Object.values(offboard(world, everything).outcomes).some(({status}) => status === 'failed')).toBe(false);
			expect(world).toMatchObject({entry: false, container: undefined, files: [], image: false});
		},
	);
});

describe('what others use', () => {
	it.each<[string, Partial<World>, string, string | RegExp]>([
		['another entry’s container', {container: 'reviews-vm'}, 'offboard.container', /the proxy of reviews-vm\.bookinfo/],
		[
			'files that another container mounts',
			{mounts: [`${directory}/istio-ca.pem`]},
			'offboard.files',
			/container other mounts/,
		],
		['a directory that another container mounts', {mounts: [directory]}, 'offboard.files', /container other mounts/],
		[
			'files while nobody can say who uses them',
			{refuses: {'ids=$(docker ps': {code: 1, stderr: 'x'}}},
			'offboard.files',
			/could not be asked/,
		],
		['a directory with something else in it', {files: ['sidecar.env', 'notes.txt']}, 'offboard.directory', /not empty/],
		[
			'an image in use',
			{refuses: {'docker image rm': {code: 1, stderr: 'conflict: container 1 is using it'}}},
			'offboard.image',
			/is using it/,
		],
	])('is kept: %s', (_, change, id, detail) => {
		const world = {...onboarded(), ...change};
		const {outcomes} = offboard(world, everything);
		expect(outcomes[id]).toMatchObject({status: 'skipped', detail: expect.stringMatching(detail)});
		if (id === 'offboard.files') expect(world.files).toEqual(onboarded().files);
	});

	it('is not a file that only begins like ours, in a directory beside', () => {
		const world = {...onboarded(), mounts: [`${directory}-2/istio-ca.pem`]};
		offboard(world);
		expect(world.files).toEqual([]);
	});
});

describe('a VM that is not as it should be', () => {
	it('without Docker has no container of it', () => {
		const world = {...onboarded(), refuses: {'docker container': {code: 127, stderr: 'sh: docker: not found'}}};
		expect(offboard(world).outcomes['offboard.container']).toMatchObject({status: 'skipped'});
	});

	it.each([
		['docker container', 'Cannot connect to the Docker daemon', 'offboard.container', 'vm.docker-stopped'],
		[
			'docker stop',
			'permission denied while trying to connect to the docker API',
			'offboard.container',
			'vm.docker-denied',
		],
		[
			'rm -f',
			"rm: cannot remove '/etc/istio-proxy/sidecar.env': Permission denied",
			'offboard.files',
			'vm.config-dir-denied',
		],
	])('is told by the finding of what %s says', (command, stderr, step, id) => {
		const world = {...onboarded(), refuses: {[command]: {code: 1, stderr}}};
		expect(offboard(world).outcomes[step]).toMatchObject({status: 'failed', findings: [{id}]});
	});

	it('is waited for while istiod still lists it, and told when it stays', () => {
		const slow = offboard({...onboarded(), listedFor: 2});
		expect(slow.outcomes['offboard.gone']).toMatchObject({status: 'succeeded'});
		expect(slow.asked.filter(({kind}) => kind === 'wait')).toHaveLength(2);
		expect(offboard({...onboarded(), listedFor: 1000}).outcomes['offboard.gone']).toMatchObject({status: 'failed'});
	});
});

it('shows the removal of the entry in its plan only where that was asked for', () => {
	const shown = (options: Parameters<typeof makePlan>[1]) => makePlan(target, options).steps.map(({id}) => id);
	expect(shown(base)).toEqual(['offboard.container', 'offboard.files', 'offboard.gone']);
	expect(shown(everything)[0]).toBe('offboard.entry');
});
