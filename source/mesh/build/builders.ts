import type {Resource} from '../../ports.ts';
import type {Built, Draft, Question} from './draft.ts';
import {buildEntry, entryDefaults, entryQuestions} from './entry.ts';
import {buildGroup, groupDefaults, groupQuestions} from './group.ts';
import {buildService, serviceQuestions} from './service.ts';
import {buildSidecar, sidecarDefaults, sidecarQuestions} from './sidecar.ts';

/** The kinds of object that can be made, by the word of the command. */
export type BuilderName = 'entry' | 'group' | 'sidecar' | 'service';

/** How a kind of object is made: what is asked, what a new draft says, and what comes of it. Cheap enough for every key press. */
export type Builder = {
	readonly kind: string;
	readonly resource: Resource;
	readonly questions: Readonly<Record<string, Question>>;
	readonly defaults: Draft<string>;
	readonly build: (draft: Draft<string>) => Built<string>;
};

const istio = (resource: string): Resource => ({group: 'networking.istio.io', resource});

export const builders: Readonly<Record<BuilderName, Builder>> = {
	entry: {
		kind: 'WorkloadEntry',
		resource: istio('workloadentries'),
		questions: entryQuestions,
		defaults: entryDefaults,
		build: buildEntry,
	},
	group: {
		kind: 'WorkloadGroup',
		resource: istio('workloadgroups'),
		questions: groupQuestions,
		defaults: groupDefaults,
		build: buildGroup,
	},
	sidecar: {
		kind: 'Sidecar',
		resource: istio('sidecars'),
		questions: sidecarQuestions,
		defaults: sidecarDefaults,
		build: buildSidecar,
	},
	service: {
		kind: 'Service',
		resource: {group: '', resource: 'services'},
		questions: serviceQuestions,
		defaults: {},
		build: buildService,
	},
};
