import {sanitise} from '../../output/sanitise.ts';
import type {Profile, SshWay, Survey} from '../../ports.ts';
import {profileSettings, type SettingName} from '../../profile-settings.ts';
import {fieldOf, type TextField} from '../input/text-field.ts';
import {counted} from '../text/counted.ts';
import {type ListState, listOf, locate, startOfList} from './list-state.ts';

/** What the set-up knows, and what was answered so far. */
export type SetUpState = {
	/** Undefined: this machine is still being looked at. */
	readonly found: Found | undefined;
	/** The question that is asked now. */
	readonly at: number;
	/** The cursor among the answers to each question; absent: on what is proposed. */
	readonly cursors: Readonly<Partial<Record<QuestionId, ListState>>>;
	/** The account as typed; undefined: what is proposed. */
	readonly account: TextField | undefined;
};

/** What the set-up begins with. */
export type Found = {
	readonly survey: Survey;
	readonly home: string;
	/** What the command line said: that is not asked. */
	readonly given: Profile;
	/** The profile as it is; what is not asked stays. */
	readonly before: Profile;
};

type QuestionId = 'cluster' | 'way' | 'account';

/** One answer of a few; what `value` lacks of the question's settings is not set. */
export type SetUpChoice = {readonly words: string; readonly value: Profile; readonly account?: string};

/** A question with its answers; `proposed`: the one that enter takes. */
export type SetUpQuestion = {
	readonly title: string;
	readonly why: string;
	/** What its answer decides. */
	readonly settings: readonly SettingName[];
} & (
	| {readonly id: 'cluster' | 'way'; readonly choices: readonly SetUpChoice[]; readonly proposed: number}
	| {readonly id: 'account'; readonly field: TextField}
);

export const noSetUp: SetUpState = {found: undefined, at: 0, cursors: {}, account: undefined};

/** At most three questions: those whose answers nobody gave yet. The later ones propose what fits the answers before. */
export function setUpQuestions(state: SetUpState): readonly SetUpQuestion[] {
	const {found} = state;
	if (found === undefined) return [];
	const {given} = found;
	const way = wayQuestion(found);
	const isOpen = ({settings}: SetUpQuestion) => settings.every((setting) => given[setting] === undefined);
	return [
		...(found.survey.contexts.length === 0 ? [] : [clusterQuestion(found)]),
		way,
		accountQuestion(found, state, chosen(way, state).account),
	].filter(isOpen);
}

/** The question that is asked now; undefined: this machine is still being looked at, or nothing is open. */
export function questionInFocus(state: SetUpState): SetUpQuestion | undefined {
	return setUpQuestions(state)[state.at];
}

/** The cursor among the answers of a question. */
export function cursorOf(question: SetUpQuestion & {id: 'cluster' | 'way'}, {cursors}: SetUpState): ListState {
	const {proposed, choices} = question;
	return cursors[question.id] ?? {...startOfList, key: choices[proposed]?.words ?? '', index: proposed, line: proposed};
}

/** What is wrong with the typed account, as a clause; undefined: nothing. */
export function accountFault({field}: {readonly field: TextField}): string | undefined {
	const word = field.text.trim();
	const outcome = word === '' ? undefined : profileSettings.adminUser.check(word);
	return outcome !== undefined && 'refused' in outcome ? outcome.refused : undefined;
}

/** The profile that the answers make of the one before. */
export function profileOf(state: SetUpState): Profile {
	const questions = setUpQuestions(state);
	const {before = {}, given = {}} = state.found ?? {};
	const asked = new Set<string>(questions.flatMap(({settings}) => settings));
	const kept = Object.entries(before).filter(([setting]) => !asked.has(setting));
	const answers = questions.map((question) => answerOf(question, state));
	// A context of another file than the usual one is found only with it.
	const file = asked.has('context') && given.kubeconfig !== undefined ? {kubeconfig: given.kubeconfig} : {};
	return Object.assign({}, Object.fromEntries(kept), file, ...answers);
}

/** A question's answer in a word or two, for the list of what was answered. */
export function answerWords(question: SetUpQuestion, state: SetUpState): string {
	return question.id === 'account' ? question.field.text.trim() || 'none' : chosen(question, state).words;
}

/** Paths below the home folder, as people write them. */
export function homely(path: string, home: string): string {
	return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

function answerOf(question: SetUpQuestion, state: SetUpState): Profile {
	if (question.id !== 'account') return chosen(question, state).value;
	const adminUser = question.field.text.trim();
	return adminUser === '' ? {} : {adminUser};
}

function chosen(question: SetUpQuestion & {id: 'cluster' | 'way'}, state: SetUpState): SetUpChoice {
	const {choices} = question;
	const {index} = locate(
		cursorOf(question, state),
		listOf(choices, ({words}) => words),
		1,
	);
	return choices[index] ?? {words: '', value: {}};
}

function clusterQuestion({survey, before}: Found): SetUpQuestion & {id: 'cluster'} {
	const {contexts, current} = survey;
	const choices = contexts
		.filter((context) => 'value' in profileSettings.context.check(context))
		.map((context) => ({
			words: `${sanitise(context)}${context === current ? ' (current)' : ''}`,
			value: {context},
		}));
	const wanted = before.context ?? current;
	return {
		id: 'cluster',
		title: 'Which cluster?',
		why: 'The contexts of the kubeconfig. Nothing is contacted before this is answered.',
		settings: ['context'],
		choices,
		proposed: Math.max(
			0,
			choices.findIndex(({value}) => value.context === wanted),
		),
	};
}

function wayQuestion({survey, home, before}: Found): SetUpQuestion & {id: 'way'} {
	const {agentKeys, keyFiles, ways} = survey;
	const standard = keyFiles.filter((file) => file.standard).map(({path}) => homely(path, home));
	const byItself: SetUpChoice = {words: ownKeys(agentKeys, standard), value: {}};
	const described = ways.flatMap((way) => {
		const choice = wayChoice(way, home);
		return choice === undefined ? [] : [choice];
	});
	const files = keyFiles
		.filter(({path, standard: usual}) => !usual && !ways.some(({key}) => key === path))
		.map(({path}) => ({words: `with the key ${homely(path, home)}`, value: {sshKey: path}}));
	const found = [byItself, ...described, ...files];
	const now = wayChoice(
		{hosts: ['the profile has it'], user: undefined, key: before.sshKey, jump: before.jump ?? []},
		home,
	);
	const same = ({value}: SetUpChoice) =>
		value.sshKey === before.sshKey && value.jump?.join() === before.jump?.join() && Object.keys(value).length > 0;
	const choices = now === undefined || found.some(same) ? found : [...found, now];
	const nothingOwn = agentKeys.length + standard.length === 0;
	return {
		id: 'way',
		title: 'How are the VMs reached over SSH?',
		why: 'What ~/.ssh/config says of a host (ports, accounts, ProxyJump) is followed whatever is chosen.',
		settings: ['sshKey', 'jump'],
		choices,
		proposed: Math.max(choices.findIndex(same), nothingOwn && choices.length > 1 ? 1 : 0),
	};
}

function ownKeys(agentKeys: readonly string[], standard: readonly string[]): string {
	const agent =
		agentKeys.length === 0 ? [] : [`ssh-agent (${counted(agentKeys.length, 'key')}: ${agentKeys.join(', ')})`];
	const parts = [...agent, ...standard];
	return parts.length === 0 ? 'no key was found here: as ssh does' : `as ssh does: ${parts.join(', ')}`;
}

/** Undefined for a way that is none of its own, or that no profile can hold. */
function wayChoice({hosts, user, key, jump}: SshWay, home: string): SetUpChoice | undefined {
	if (user === undefined && key === undefined && jump.length === 0) return undefined;
	if (jump.length > 0 && 'refused' in profileSettings.jump.check(jump)) return undefined;
	const named = hosts.length <= 2 ? hosts.join(', ') : `${hosts[0]} and ${hosts.length - 1} more`;
	const parts = [
		...(user === undefined ? [] : [user]),
		...(key === undefined ? [] : [homely(key, home)]),
		...(jump.length === 0 ? [] : [`through ${jump.join(', ')}`]),
	];
	return {
		words: sanitise(`as ${named}: ${parts.join(', ')}`),
		value: {...(key === undefined ? {} : {sshKey: key}), ...(jump.length === 0 ? {} : {jump})},
		...(user === undefined ? {} : {account: user}),
	};
}

function accountQuestion(
	{survey, before}: Found,
	{account}: SetUpState,
	ofWay: string | undefined,
): SetUpQuestion & {id: 'account'} {
	const usual = survey.ways.find(({user}) => user !== undefined)?.user;
	return {
		id: 'account',
		title: 'Which account with sudo prepares the VMs?',
		why: 'It installs the engine and makes the account of the proxy. Empty: none, the VMs are prepared already.',
		settings: ['adminUser'],
		field: account ?? fieldOf(before.adminUser ?? ofWay ?? usual ?? survey.user),
	};
}
