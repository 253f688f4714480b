import type {KubernetesObject} from '../../mesh/kubernetes-object.ts';
import type {TargetRef} from '../../mesh/workload-entry.ts';
import type {Cluster, Connector, Profile, Prompts} from '../../ports.ts';
import {type Around, lookAround} from './around.ts';
import {askVm, placeOf, type VmPlace, type VmReport} from './ask-vm.ts';
import {applyEdit, type Edit, readForEdit, rehearseEdit} from './edit.ts';
import {applyTold, type Rehearsal, rehearse, type Wish} from './rehearse.ts';

type Force = {readonly force: boolean};

/** How the screens make an object: what there is to choose from, what it would become, and the making. All throw UserError. */
export type Creation = {
	around(namespace: string): Promise<Around>;
	askVm(place: VmPlace): Promise<VmReport>;
	/** Asks the server, its webhooks too; nothing is kept. */
	check(wish: Wish, options: Force): Promise<Rehearsal>;
	apply(wish: Wish, options: Force): Promise<void>;
	/** The entry as the server has it now, to be edited. */
	read(ref: TargetRef): Promise<KubernetesObject>;
	/** Asks the server what an edit would make of it; nothing is kept. */
	rehearseEdit(edit: Edit): Promise<Rehearsal>;
	applyEdit(edit: Edit): Promise<void>;
};

/** `connect`: opens SSH when it is first needed. */
export function createCreation({
	cluster,
	connect,
	prompts,
	settings,
}: {
	readonly cluster: Cluster;
	readonly connect: () => Promise<Connector>;
	readonly prompts: Prompts;
	readonly settings: Profile;
}): Creation {
	return {
		around: (namespace) => lookAround(cluster, namespace),
		askVm: async (place) => askVm(await connect(), placeOf(settings, place), prompts),
		check: (wish, options) => rehearse(cluster, wish, options),
		async apply(wish, options) {
			await applyTold(cluster, wish, options);
		},
		read: (ref) => readForEdit(cluster, ref),
		rehearseEdit: (edit) => rehearseEdit(cluster, edit),
		applyEdit: (edit) => applyEdit(cluster, edit),
	};
}
