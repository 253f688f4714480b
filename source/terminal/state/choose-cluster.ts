import {isDnsLabel} from '../../mesh/kubernetes-names.ts';
import {similarNames} from '../../mesh/similar-names.ts';
import type {Relink} from './effect.ts';
import {chooseProfile} from './reduce-profiles.ts';
import {goTo, just, type Step, say, type Ui} from './ui.ts';
import {activeRuns, type World} from './world.ts';

/** Connects to another context of the kubeconfig; a profile of that name is used where there is no such context. */
export function chooseContext(ui: Ui, world: World, name: string): Step {
	if (world.contexts.includes(name)) return relink(ui, world, {context: name}, `--context ${name}`);
	const profiles = world.profiles.map((profile) => profile.name);
	if (profiles.includes(name)) return chooseProfile(ui, name, world);
	const [nearest] = similarNames(name, [...world.contexts, ...profiles], 3);
	const next = nearest === undefined ? ': tab shows which there are.' : `; did you mean ${nearest}?`;
	return just(
		say(ui, `The kubeconfig has no context ${JSON.stringify(name)}, and no profile is named so${next}`, 'warn'),
	);
}

/** Shows the entries of one namespace; those that are not listed are read anew. */
export function chooseNamespace(ui: Ui, world: World, name: string): Step {
	const {link} = world;
	const listed = link.kind === 'ready' ? link.namespaces : [];
	const show = (namespace: string | undefined) => {
		const fleet = goTo(ui, 'fleet');
		return just({...fleet, fleet: {...fleet.fleet, namespace}});
	};
	if (name === 'all')
		return listed.length === 0 ? show(undefined) : relink(ui, world, {namespaces: []}, '--all-namespaces');
	if (!isDnsLabel(name)) return just(say(ui, `No namespace can be named ${JSON.stringify(name)}.`, 'warn'));
	if (listed.length === 0 || listed.includes(name)) return show(name);
	return relink(ui, world, {namespaces: [name]}, `-n ${name}`);
}

function relink(ui: Ui, world: World, change: Relink, flags: string): Step {
	if (!world.canConnect) return just(say(ui, `For that start meshboard anew: meshboard ${flags}`, 'warn'));
	const busy = activeRuns(world).length > 0;
	if (busy) return just(say(ui, 'Runs are under way: wait for them, or cancel them, before this changes.', 'warn'));
	return {ui, effects: [{kind: 'relink', change}]};
}
