import {defineConfig} from 'vitest/config';

// The lab is one: its tests run in one worker, one file after the other.
export default defineConfig({
	test: {
		include: ['test/lab/**/*.test.{ts,tsx}'],
		globalSetup: 'test/lab/one-at-a-time.ts',
		pool: 'forks',
		fileParallelism: false,
		maxWorkers: 1,
		testTimeout: 180_000,
		hookTimeout: 180_000,
		env: {FORCE_COLOR: '0', NODE_ENV: 'test'},
	},
});
