import {describe, expect, it} from 'vitest';
import type {BuilderName} from '../../source/mesh/build/builders.ts';
import {keymap} from '../../source/terminal/keymap.ts';
import {kinds, shownFaults} from '../../source/terminal/state/create-form.ts';
import type {Effect} from '../../source/terminal/state/effect.ts';
import {paste, press} from '../../source/terminal/state/press.ts';
import {withAround} from '../../source/terminal/state/reduce-create.ts';
import {initialUi, type Ui} from '../../source/terminal/state/ui.ts';
import type {World} from '../../source/terminal/state/world.ts';
import {createFakeSession} from './fake-session.ts';

const session = createFakeSession();
const around = await session.create.around('bookinfo');

const world: World = {
	link: {kind: 'ready', context: 'kind-lab', server: '', namespaces: []},
	fleet: session.fleet.getSnapshot(),
	fresh: new Set(),
	runs: [],
	times: new Map(),
	broken: [],
	question: undefined,
	examined: new Map(),
	raised: new Map(),
	profiles: [],
	keymap,
	contexts: ['kind-lab', 'staging'],
	history: [],
	output: () => undefined,
	size: {columns: 100, rows: 30},
	now: 1_000_000,
	readOnly: false,
	version: '0.1.0',
	canConnect: true,
	canSetUp: true,
	kept: true,
	offersDemo: true,
	tour: undefined,
};

/** The state and effects of keys; a word of several letters is typed letter by letter. */
function pressAll(ui: Ui, keys: readonly string[], where: World = world): {ui: Ui; effects: readonly Effect[]} {
	const effects: Effect[] = [];
	let now = ui;
	for (const key of keys) {
		const step = press(now, key, where);
		effects.push(...step.effects);
		now = step.ui;
	}
	return {ui: now, effects};
}

/** The form of a kind, for the first entry of the fleet; `values` are typed over what stands there. */
function formOf(builder: BuilderName, values: Readonly<Record<string, string>> = {}): Ui {
	const down = Array.from({length: kinds.indexOf(builder)}, () => 'j');
	let {ui} = pressAll(initialUi(), ['c', ...down, 'enter']);
	for (const [field, text] of Object.entries(values)) {
		const index = Object.keys(ui.create.form?.values ?? {}).indexOf(field);
		while (ui.create.form?.index !== index) ({ui} = pressAll(ui, ['tab']));
		({ui} = pressAll(ui, ['ctrl+u']));
		({ui} = paste(ui, text, world));
	}
	return ui;
}

const textOf = (ui: Ui, field: string) => ui.create.form?.values[field]?.text;
const faultsOf = (ui: Ui) => (ui.create.form === undefined ? [] : shownFaults(ui.create.form));

const soundEntry = {name: 'new-vm', address: '10.128.0.9', serviceAccount: 'ratings', app: 'ratings'};

describe('opening it', () => {
	it.each([
		['the namespace of the entry under the cursor', world, 'bookinfo'],
		['the only namespace of the profile', {...world, fleet: {...world.fleet, rows: []}, link: scoped('web')}, 'web'],
		['none of several', {...world, fleet: {...world.fleet, rows: []}, link: scoped('web', 'api')}, ''],
	])('begins with %s', (_, where, namespace) => {
		const {ui, effects} = pressAll(initialUi(), ['c', 'enter'], where);
		expect(textOf(ui, 'namespace')).toBe(namespace);
		expect(effects).toEqual([{kind: 'look-around', namespace}]);
	});

	it('fills a Sidecar and a Service from the entry, and from its surroundings when they are known', () => {
		const sidecar = formOf('sidecar');
		expect([textOf(sidecar, 'name'), textOf(sidecar, 'selector')]).toEqual(['details-vm', 'app=details']);
		expect(textOf(sidecar, 'ingress')).toBe('');
		expect(textOf(withAround(sidecar, around), 'ingress')).toBe('http=9080/HTTP');
		expect(textOf(formOf('service'), 'name')).toBe('details');
	});

	it('keeps what was typed when the surroundings come later', () => {
		const typed = withAround(formOf('sidecar', {ingress: '8080'}), around);
		expect(textOf(typed, 'ingress')).toBe('8080');
		expect(textOf(typed, 'egress')).toBe('http=9080/HTTP');
	});
});

it('an object for an entry waits for what is around it', () => {
	const asked = pressAll(formOf('sidecar', {ingress: '8080'}), ['ctrl+s']);
	expect(asked.effects).toEqual([]);
	expect(asked.ui.notice?.text).toBe('The services around the entry are still being read.');
	const known = pressAll(withAround(formOf('sidecar', {ingress: '8080'}), around), ['ctrl+s']);
	expect(known.effects).toMatchObject([{kind: 'check-object'}]);
});

describe('rules, as they are typed', () => {
	it.each<[BuilderName, string, string, RegExp]>([
		['entry', 'name', 'Not_A_Name', /is no name/],
		['entry', 'address', 'two words', /not a valid FQDN or an IP/],
		['entry', 'instanceIp', 'eth0', /valid IP/],
		['entry', 'sshPort', '70000', /port/],
		['entry', 'labels', 'app', /write key=value/],
		['entry', 'ports', '9080', /needs a name/],
		['group', 'probe', 'grpc:80', /write http:PORT/],
		['sidecar', 'ingress', '15006', /a port of the proxy's own/],
		['sidecar', 'hosts', 'ratings', /must be of form namespace\/dnsName/],
		['sidecar', 'bind', 'localhost', /not a valid IP/],
		['service', 'ports', '80,80', /is given twice/],
		['service', 'name', 'a.b', /has a dot/],
	])('%s: %s %s', (builder, field, text, rule) => {
		const faults = faultsOf(formOf(builder, {[field]: text})).filter((fault) => fault.field === field);
		expect(faults[0]?.rule).toMatch(rule);
	});

	it('tells a lack only where the cursor was, and all of them when the server is to be asked', () => {
		expect(faultsOf(formOf('entry'))).toEqual([]);
		expect(faultsOf(pressAll(formOf('entry'), ['tab']).ui).map(({field}) => field)).toEqual(['name']);
		const {ui, effects} = pressAll(formOf('entry'), ['ctrl+s']);
		expect(effects).toEqual([]);
		expect(faultsOf(ui).map(({field}) => field)).toEqual(['name', 'address', 'serviceAccount', 'app']);
		expect(ui.notice?.text).toBe('To be mended first: name, address, service-account, app.');
	});

	it('takes pasted text as one line, without control characters', () => {
		const {ui} = paste(formOf('entry'), 'new\x07\nvm\x1b', world);
		expect(textOf(ui, 'name')).toBe('new vm');
	});
});

describe('choosing', () => {
	const choose = (ui: Ui, keys: readonly string[]) => pressAll(withAround(ui, around), ['ctrl+n', ...keys]).ui;

	it('puts one answer in place of what stood there', () => {
		const ui = choose(formOf('entry', {serviceAccount: 'x'}), ['j', 'enter']);
		expect(textOf(ui, 'serviceAccount')).toBe('bookinfo-ratings');
		expect(ui.create.form?.stage.kind).toBe('editing');
	});

	it('takes hosts in and out', () => {
		const ui = choose(formOf('sidecar', {hosts: './*,istio-system/*'}), ['space', 'G', 'space', 'esc']);
		expect(textOf(ui, 'hosts')).toBe('istio-system/*,./ratings.bookinfo.svc.cluster.local');
	});

	it('looks around in a namespace that was chosen', () => {
		const {effects} = pressAll(withAround(formOf('entry', {namespace: 'web'}), around), ['ctrl+n', 'G', 'enter']);
		expect(effects).toEqual([{kind: 'look-around', namespace: 'payments'}]);
	});

	it('says where nothing is known', () => {
		expect(pressAll(formOf('entry', {address: ''}), ['ctrl+n']).ui.notice?.text).toBe(
			'Nothing is known to choose for address: ctrl+r asks the VM.',
		);
	});
});

describe('leaving', () => {
	it('goes at once where nothing was typed', () => {
		expect(pressAll(formOf('sidecar'), ['esc']).ui.stack).toEqual(['fleet']);
	});

	it('asks where something was typed', () => {
		const asked = pressAll(formOf('entry', {name: 'x'}), ['esc']).ui;
		expect(asked.dialog?.title).toBe('Leave without the WorkloadEntry?');
		expect(textOf(pressAll(asked, ['n']).ui, 'name')).toBe('x');
		expect(pressAll(asked, ['y']).ui.stack).toEqual(['fleet']);
	});
});

describe('asking the VM', () => {
	it('connects to the host to SSH to, else to the address', () => {
		const first = pressAll(formOf('entry', {address: '10.0.0.1', sshHost: 'vm.example', sshPort: '2222'}), ['ctrl+r']);
		expect(first.effects).toMatchObject([{kind: 'ask-vm', place: {host: 'vm.example', port: 2222}}]);
		const second = pressAll(formOf('entry', {address: '10.0.0.1'}), ['ctrl+r']);
		expect(second.effects).toMatchObject([{kind: 'ask-vm', place: {host: '10.0.0.1'}}]);
	});

	it('says what it lacks', () => {
		expect(pressAll(formOf('entry'), ['ctrl+r']).ui.notice?.text).toMatch(/Say first where to SSH to/);
		expect(pressAll(formOf('service'), ['ctrl+r']).ui.notice?.text).toMatch(/Only for an entry/);
	});
});

describe('in read-only mode', () => {
	const reviewed = (): Ui => {
		const {ui} = pressAll(formOf('entry', soundEntry), ['ctrl+s']);
		const {form} = ui.create;
		if (form?.stage.kind !== 'checking') throw new Error('the server was not asked');
		const {asked} = form.stage;
		const rehearsal = {outcome: 'created', before: undefined, after: asked.wish.object} as const;
		return {...ui, create: {...ui.create, form: {...form, stage: {kind: 'review', asked, rehearsal, top: 0}}}};
	};

	it('nothing is applied, and the file is written', () => {
		const readOnly = {...world, readOnly: true};
		expect(pressAll(reviewed(), ['y']).effects).toMatchObject([{kind: 'apply-object', outcome: 'created'}]);
		const refused = pressAll(reviewed(), ['y'], readOnly);
		expect(refused.effects).toEqual([]);
		expect(refused.ui.notice?.text).toMatch(/^Read-only/);
		expect(pressAll(reviewed(), ['ctrl+o'], readOnly).effects).toMatchObject([{kind: 'write-object', replace: false}]);
	});
});

function scoped(...namespaces: readonly string[]): World['link'] {
	return {kind: 'ready', context: 'kind-lab', server: '', namespaces};
}
