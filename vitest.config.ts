import {defineConfig} from 'vitest/config';

// The tests that need the lab run apart (npm run test:lab): they change this host's network and take minutes.
export default defineConfig({
	test: {
		include: ['test/**/*.test.{ts,tsx}'],
		exclude: ['test/lab/**'],
		pool: 'forks',
		// Most of the time goes by in waiting: for sshd, for a terminal, for time limits.
		maxWorkers: 3,
		maxConcurrency: 2,
		testTimeout: 20_000,
		env: {FORCE_COLOR: '0', NODE_ENV: 'test'},
	},
});
