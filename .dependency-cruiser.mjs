// Who may import whom (docs/architecture.md). Types count: a room that names another room's types depends on it.
const adapters = '^source/(kubernetes|ssh|profiles|journal|files|sandbox)/';
// Of onboarding, all but what performs, waits and keeps: its steps and events are values.
const pure =
	'^source/((mesh|bundle|vm|proxy|output|diagnosis)/|onboarding/(?!perform/|(runner|runs|run-output|scheduler|resolve|read-lint|group-target|prompt-queue)\\.ts)|fleet/[^/]*state\\.ts$|profile-settings\\.ts$)';
/** What every room may know: types of the ports, the two kinds of error, the row of the fleet as a type, the names of folders. */
const common = '^source/(ports|errors|paths|profile-settings)\\.ts$|^source/fleet/row\\.ts$';
const worldly =
	'^(node:)?(fs|fs/promises|tls|http|https|http2|dns|dns/promises|dgram|child_process|cluster|os|process|readline|readline/promises|timers|timers/promises|worker_threads|perf_hooks|repl|tty|v8|vm)$';

/** Only files below `room` may import the package. */
const packageOf = (name, room) => ({
	name: `${name.match(/\w+/g)?.join('-')}-in-its-room`,
	comment: `${name} is imported in one place only, so that the rest does not depend on it and it can be loaded late.`,
	severity: 'error',
	from: {path: '^(source/|cli)', pathNot: room},
	to: {path: `(^|/)node_modules/${name}/`},
});

/** What the program is made of, besides its own source; their licences are told in third-party-notices.txt (tools/prepack.mjs). */
const bundled = [
	...[
		'@kubernetes/client-node',
		'chalk',
		'commander',
		'conf',
		'csv-parse',
		'diff',
		'ink',
		'ink-select-input',
		'js-yaml',
	],
	...['just-bash', 'modern-tar', 'p-limit', 'react', 'ssh2', 'string-width', 'ws'],
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
	forbidden: [
		{
			name: 'pure-rooms-know-no-world',
			comment: 'Pure rooms read no file, clock, network or process: they are told, and answer.',
			severity: 'error',
			from: {path: pure},
			to: {dependencyTypes: ['core'], path: worldly},
		},
		{
			name: 'pure-rooms-know-pure-rooms',
			severity: 'error',
			from: {path: pure},
			to: {path: '^source/', pathNot: [pure, common]},
		},
		{
			name: 'adapters-know-ports-and-pure-rooms',
			comment: 'An adapter fulfils a port; it knows no other adapter and nothing that uses it.',
			severity: 'error',
			from: {path: adapters},
			to: {path: '^source/', pathNot: [pure, common, '^source/make-folder\\.ts$', '^source/$1/']},
		},
		{
			name: 'only-compose-knows-adapters',
			severity: 'error',
			from: {path: '^(source/|cli)', pathNot: [adapters, '^source/compose\\.ts$']},
			to: {path: adapters},
		},
		{
			name: 'rooms-do-not-know-their-users',
			comment: 'fleet and onboarding are used by the screens and commands, never the other way round.',
			severity: 'error',
			from: {path: '^source/(fleet|onboarding)/'},
			to: {path: '^source/(terminal|commands)/|^source/compose\\.ts$'},
		},
		{
			name: 'terminal-and-commands-do-not-know-each-other',
			severity: 'error',
			from: {path: '^source/(terminal|commands)/'},
			to: {path: '^source/(terminal|commands)/', pathNot: '^source/$1/'},
		},
		packageOf('conf', '^source/profiles/'),
		packageOf('@kubernetes/client-node', '^source/kubernetes/'),
		packageOf('ssh2', '^source/(ssh|sandbox)/'),
		packageOf('just-bash', '^source/sandbox/'),
		packageOf('(ink|ink-select-input|react)', '^source/terminal/'),
		packageOf('commander', '^source/commands/'),
		{
			name: 'no-circles',
			comment: 'Types may refer to each other; code may not.',
			severity: 'error',
			from: {},
			to: {circular: true, viaOnly: {dependencyTypesNot: ['type-only']}},
		},
		{
			name: 'dependencies-are-declared',
			severity: 'error',
			from: {path: '^(source/|cli)'},
			to: {
				dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined', 'deprecated'],
				pathNot: '/@types/',
			},
		},
		{
			name: 'tools-are-not-bundled',
			comment:
				'The published package depends on nothing, so that package.json does not part what is bundled from the tools: this does.',
			severity: 'error',
			from: {path: '^(source/|cli)'},
			to: {dependencyTypes: ['npm-dev'], pathNot: [`^node_modules/(${bundled.join('|')})/`, '/@types/']},
		},
		{
			name: 'imports-are-found',
			severity: 'error',
			from: {},
			to: {couldNotResolve: true},
		},
		{
			name: 'source-knows-no-test',
			severity: 'error',
			from: {path: '^(source/|cli)'},
			to: {path: '^(test|tools)/'},
		},
	],
	options: {
		doNotFollow: {path: 'node_modules'},
		tsPreCompilationDeps: true,
		tsConfig: {fileName: 'tsconfig.json'},
		enhancedResolveOptions: {
			exportsFields: ['exports'],
			conditionNames: ['import', 'require', 'node', 'default', 'types'],
		},
	},
};
