import {defineConfig, globalIgnores} from 'eslint/config';
import hooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

// What the compiler and Biome cannot see: promises that nobody waits for, switches that forget a case, hooks out of order,
// and the parts of the house rules that concern names rather than files (which .dependency-cruiser.mjs has).
const pureRooms = [
	'source/{mesh,bundle,vm,proxy,output,diagnosis}/**',
	'source/onboarding/**',
	'source/fleet/*state.ts',
	'source/profile-settings.ts',
];

export default defineConfig(
	globalIgnores(['dist', '.tools', 'media', '**/fixtures', '**/conformance']),
	{
		files: ['**/*.{ts,tsx}'],
		plugins: {'@typescript-eslint': tseslint.plugin},
		languageOptions: {
			parser: tseslint.parser,
			parserOptions: {projectService: true, tsconfigRootDir: import.meta.dirname},
		},
		linterOptions: {reportUnusedDisableDirectives: 'error'},
		rules: {
			'@typescript-eslint/await-thenable': 'error',
			'@typescript-eslint/no-explicit-any': 'error',
			'@typescript-eslint/no-floating-promises': 'error',
			'@typescript-eslint/no-for-in-array': 'error',
			'@typescript-eslint/no-misused-promises': 'error',
			'@typescript-eslint/no-unnecessary-type-assertion': 'error',
			'@typescript-eslint/only-throw-error': 'error',
			// The reason of an AbortSignal is handed on as it is.
			'@typescript-eslint/prefer-promise-reject-errors': [
				'error',
				{allowThrowingAny: true, allowThrowingUnknown: true},
			],
			'@typescript-eslint/require-array-sort-compare': ['error', {ignoreStringArrays: true}],
			'@typescript-eslint/switch-exhaustiveness-check': ['error', {considerDefaultExhaustiveForUnions: true}],
			'@typescript-eslint/consistent-type-definitions': ['error', 'type'],
			'max-lines': ['error', 400],
		},
	},
	{
		files: ['source/terminal/**/*.tsx', 'source/terminal/**/use-*.ts'],
		plugins: {'react-hooks': hooks},
		rules: {'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'error'},
	},
	{
		files: pureRooms,
		ignores: [
			'source/onboarding/perform/**',
			'source/onboarding/{runner,runs,run-output,scheduler,resolve,read-lint,group-target,prompt-queue}.ts',
		],
		rules: {
			'no-restricted-imports': [
				'error',
				{
					paths: [
						{
							name: 'node:net',
							allowImportNames: ['isIP', 'isIPv4', 'isIPv6', 'BlockList'],
							message: 'A pure room opens no socket.',
						},
					],
				},
			],
			'no-restricted-globals': [
				'error',
				...['process', 'fetch', 'setTimeout', 'setInterval', 'setImmediate', 'performance', 'console'].map((name) => ({
					name,
					message: 'A pure room knows no clock, process or network.',
				})),
			],
			'no-restricted-syntax': [
				'error',
				{
					selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
					message: 'A pure room has no clock: take the time as a value.',
				},
				{
					selector: 'CallExpression[callee.object.name="Date"][callee.property.name="now"]',
					message: 'A pure room has no clock: take the time as a value.',
				},
				{
					selector: 'CallExpression[callee.object.name="Math"][callee.property.name="random"]',
					message: 'A pure room has no chance: take it as a value.',
				},
			],
		},
	},
);
