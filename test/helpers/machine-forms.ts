/** A form of machine output: its type in source/commands/machine-output.ts, from which its schema is made, and which calls print it. */
export type Form = {
	readonly type: string;
	readonly format: 'json' | 'ndjson';
	readonly commands: readonly string[];
	/** Printed where one of these is among the words, … */
	readonly flags?: readonly string[];
	/** … and none of these. */
	readonly unless?: readonly string[];
};

const planned = ['onboard', 'prepare', 'bootstrap', 'renew', 'offboard'];
const ofRuns = [...planned, 'verify'];
const offline = ['-d', '--output-dir', '-o', '--archive', '--output-file'];

/** Every form; of those that fit a call the first is the one that is printed. */
export const forms: readonly Form[] = [
	{type: 'ListOutput', format: 'json', commands: ['list'], unless: ['--watch']},
	{type: 'ListLine', format: 'ndjson', commands: ['list']},
	{type: 'FixesOutput', format: 'json', commands: ['doctor'], flags: ['--fix']},
	{type: 'FixesLine', format: 'ndjson', commands: ['doctor'], flags: ['--fix']},
	{type: 'ResultsOutput', format: 'json', commands: ['check', 'doctor', 'lint']},
	{type: 'ResultsLine', format: 'ndjson', commands: ['lint']},
	{type: 'DoctorLine', format: 'ndjson', commands: ['doctor']},
	{type: 'PlansOutput', format: 'json', commands: planned, flags: ['--dry-run']},
	{type: 'PlansLine', format: 'ndjson', commands: planned, flags: ['--dry-run']},
	{type: 'BundlesOutput', format: 'json', commands: ['bootstrap'], flags: offline},
	{type: 'BundlesLine', format: 'ndjson', commands: ['bootstrap'], flags: offline},
	{type: 'RunsOutput', format: 'json', commands: [...ofRuns, 'demo']},
	{type: 'RunsLine', format: 'ndjson', commands: [...ofRuns, 'demo', 'check']},
	{
		type: 'RowsOutput',
		format: 'json',
		commands: ['create entry'],
		flags: ['--from'],
		unless: ['--dry-run', '--dry-run=client', '-f', '--file'],
	},
	{
		type: 'ObjectOutput',
		format: 'json',
		commands: ['create entry', 'create group', 'create sidecar', 'create service'],
	},
	{type: 'ExpandOutput', format: 'json', commands: ['expand']},
	{type: 'LogsLine', format: 'ndjson', commands: ['logs']},
	{type: 'ProfilesOutput', format: 'json', commands: ['profile list']},
	{type: 'ProfileOutput', format: 'json', commands: ['profile show']},
	{type: 'InfoOutput', format: 'json', commands: ['info']},
];

/** The form that a call prints, if it is one. */
export function formOf(words: readonly string[]): Form | undefined {
	const at = words.findLastIndex((word) => word === '-o' || word === '--output' || word.startsWith('--output='));
	const format = words[at]?.split('=')[1] ?? words[at + 1];
	const [command = '', kind = ''] = words;
	const has = (flags: readonly string[]) => flags.some((flag) => words.includes(flag));
	return forms.find(
		(form) =>
			form.format === format &&
			(form.commands.includes(command) || form.commands.includes(`${command} ${kind}`)) &&
			(form.flags === undefined || has(form.flags)) &&
			!has(form.unless ?? []),
	);
}

/** `RunsLine` → `runs-line.schema.json`, `RunsOutput` → `runs.schema.json`. */
export function schemaFile({type}: Form): string {
	const words = type.replace(/Output$/, '').match(/[A-Z][a-z]+/g) ?? [];
	return `${words.join('-').toLowerCase()}.schema.json`;
}
