import type {TargetRef} from '../../mesh/workload-entry.ts';
import type {LogLine} from '../../proxy/log-line.ts';
import {emptyField, type TextField} from '../input/text-field.ts';
import {type ListState, startOfList} from './list-state.ts';

/** The parts of the doctor's screen, in the order in which tab goes through them. */
export const doctorPanes = ['causes', 'evidence', 'proxy', 'log'] as const;
export type DoctorPane = (typeof doctorPanes)[number];

/** Of more VMs at once the proxies themselves are not asked: nobody reads that many, and each costs its VM. */
export const mostLive = 8;

/** Which lines of the log are shown: from this level on, of this scope (empty: of all), with this text. */
export type LogFilter = {
	readonly level: LogLine['level'];
	readonly scope: string;
	readonly text: TextField;
	readonly typing: boolean;
};

export type DoctorState = {
	/** Whose proxies are looked at. */
	readonly refs: readonly TargetRef[];
	/** The one whose proxy and log are shown; undefined: the first. */
	readonly focus: TargetRef | undefined;
	readonly watch: boolean;
	readonly list: ListState;
	readonly pane: DoctorPane;
	/** Which of the two is shown where there is room for one. */
	readonly lower: 'proxy' | 'log';
	readonly zoom: boolean;
	/** First lines of what is scrolled; `log` undefined: it follows. */
	readonly tops: {readonly evidence: number; readonly proxy: number; readonly log: number | undefined};
	readonly filter: LogFilter;
};

export const noDoctor: DoctorState = {
	refs: [],
	focus: undefined,
	watch: true,
	list: startOfList,
	pane: 'causes',
	lower: 'proxy',
	zoom: false,
	tops: {evidence: 0, proxy: 0, log: undefined},
	filter: {level: '', scope: '', text: emptyField, typing: false},
};
