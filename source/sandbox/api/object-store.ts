import {randomUUID} from 'node:crypto';
import type {KubernetesObject} from '../../mesh/kubernetes-object.ts';
import {type Kind, resourceName} from './kinds.ts';
import {notFound, StatusError} from './status-error.ts';

/** An object as it is kept, whole. */
export type StoredObject = KubernetesObject & Readonly<Record<string, unknown>>;

export type Change = {
	readonly version: number;
	readonly kind: Kind;
	readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
	readonly object: StoredObject;
	/** As it was before, so that a watch with a selector knows what left its view. */
	readonly before: StoredObject | undefined;
};

/** How many changes a watch can go back, beyond which it gets 410. */
const history = 1000;

/** Objects in memory with one sequence of resource versions over all kinds, as etcd has it. */
export class ObjectStore {
	readonly #objects = new Map<string, StoredObject>();
	readonly #changes: Change[] = [];
	readonly #listeners = new Set<(change: Change) => void>();
	#version = 1000;
	/** The oldest version from which all later changes are known. */
	#compacted = 1000;

	get version(): number {
		return this.#version;
	}

	get(kind: Kind, namespace: string | undefined, name: string): StoredObject | undefined {
		return this.#objects.get(keyOf(kind, namespace, name));
	}

	/** All of a kind, in a namespace or everywhere, by namespace and name. */
	list(kind: Kind, namespace: string | undefined): readonly StoredObject[] {
		const prefix =
			namespace === undefined || !kind.namespaced ? `${resourceName(kind)}/` : `${resourceName(kind)}/${namespace}/`;
		return [...this.#objects.entries()]
			.filter(([key]) => key.startsWith(prefix))
			.sort(([one], [other]) => (one < other ? -1 : 1))
			.map(([, object]) => object);
	}

	create(kind: Kind, object: StoredObject, now = new Date()): StoredObject {
		const {name, namespace} = object.metadata;
		if (this.get(kind, namespace, name) !== undefined)
			throw new StatusError(409, 'AlreadyExists', `${resourceName(kind)} ${JSON.stringify(name)} already exists`, {
				name,
				group: kind.group,
				kind: kind.plural,
			});
		return this.#put(kind, 'ADDED', undefined, {
			...object,
			metadata: {
				...object.metadata,
				uid: randomUUID(),
				creationTimestamp: now.toISOString().replace(/\.\d+/, ''),
				...(kind.custom ? {generation: 1} : {}),
			},
		});
	}

	/** Replaces an object. `version`: that which the writer had seen, or undefined for whatever there is. */
	update(kind: Kind, object: StoredObject, version?: string): StoredObject {
		const {name, namespace} = object.metadata;
		const before = this.get(kind, namespace, name) ?? missing(kind, name);
		if (version !== undefined && version !== before.metadata.resourceVersion)
			throw new StatusError(
				409,
				'Conflict',
				`Operation cannot be fulfilled on ${resourceName(kind)} ${JSON.stringify(name)}: the object has been modified; please apply your changes to the latest version and try again`,
				{name, group: kind.group, kind: kind.plural},
			);
		const {uid, creationTimestamp} = before.metadata;
		return this.#put(kind, 'MODIFIED', before, {
			...object,
			metadata: {
				...object.metadata,
				...(uid === undefined ? {} : {uid}),
				...(creationTimestamp === undefined ? {} : {creationTimestamp}),
			},
		});
	}

	remove(kind: Kind, namespace: string | undefined, name: string): StoredObject {
		const before = this.get(kind, namespace, name) ?? missing(kind, name);
		this.#objects.delete(keyOf(kind, namespace, name));
		const object = this.#stamp(before);
		this.#tell({version: this.#version, kind, type: 'DELETED', object, before});
		return object;
	}

	/** What changed after a version; undefined when that is too long ago. */
	since(version: number): readonly Change[] | undefined {
		return version < this.#compacted ? undefined : this.#changes.filter((change) => change.version > version);
	}

	/** Calls for every change from now on; returns how to stop it. */
	onChange(listener: (change: Change) => void): () => void {
		this.#listeners.add(listener);
		return () => void this.#listeners.delete(listener);
	}

	/** Forgets the changes so far, as etcd's compaction does every five minutes. */
	compact(): void {
		this.#changes.length = 0;
		this.#compacted = this.#version;
	}

	#put(kind: Kind, type: Change['type'], before: StoredObject | undefined, unstamped: StoredObject): StoredObject {
		const object = this.#stamp(unstamped);
		this.#objects.set(keyOf(kind, object.metadata.namespace, object.metadata.name), object);
		this.#tell({version: this.#version, kind, type, object, before});
		return object;
	}

	#stamp(object: StoredObject): StoredObject {
		this.#version++;
		return {...object, metadata: {...object.metadata, resourceVersion: String(this.#version)}};
	}

	#tell(change: Change): void {
		this.#changes.push(change);
		const [gone] = this.#changes.length > history ? this.#changes.splice(0, 1) : [];
		if (gone !== undefined) this.#compacted = gone.version;
		for (const listener of this.#listeners) listener(change);
	}
}

function keyOf(kind: Kind, namespace: string | undefined, name: string): string {
	return kind.namespaced ? `${resourceName(kind)}/${namespace ?? ''}/${name}` : `${resourceName(kind)}/${name}`;
}

function missing(kind: Kind, name: string): never {
	throw notFound(resourceName(kind), name);
}
