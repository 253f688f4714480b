import {defineConfig} from 'vitest/config';

/** Tests of values: they leave nothing behind that another file could see, so that many files share a process. */
const ofValues = [
	'test/{bundle,diagnosis,docs,fleet,mesh,output,profiles,proxy}/**/*.test.ts',
	'test/onboarding/*.test.ts',
	'test/onboarding/!(perform)/**/*.test.ts',
];

export default defineConfig({
	test: {
		pool: 'forks',
		// Most of the time goes by in waiting: for sshd, for a terminal, for time limits.
		maxWorkers: 3,
		maxConcurrency: 2,
		testTimeout: 20_000,
		env: {FORCE_COLOR: '0', NODE_ENV: 'test'},
		projects: [
			{extends: true, test: {name: 'values', include: ofValues, isolate: false}},
			{
				extends: true,
				test: {
					name: 'world',
					include: ['test/**/*.test.{ts,tsx}'],
					// The tests that need the lab run apart (npm run test:lab): they change this host's network and take minutes.
					exclude: ['test/lab/**', ...ofValues],
				},
			},
		],
	},
});
