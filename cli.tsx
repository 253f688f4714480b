#!/usr/bin/env node
import {enableCompileCache} from 'node:module';
import {homedir} from 'node:os';
import {join} from 'node:path';
import process, {argv, env, exit, stderr, stdout} from 'node:process';
import {makeFolder} from './source/make-folder.ts';
import {cacheFolder} from './source/paths.ts';

// Compiled code is kept in the user's own cache: a shared /tmp would let another account plant code.
const cache = join(cacheFolder(env, homedir()), 'compile-cache');
try {
	// Node would make it itself, and may not come to an end of it.
	makeFolder(cache, 0o700);
	enableCompileCache(cache);
} catch {
	// Without a cache the start takes longer, and that is all.
}
// React's development build measures every render and grows without end.
env.NODE_ENV ??= 'production';
// `meshboard list | head` closes the pipe before all is written; that is no error, unless runs are broken off by it.
for (const stream of [stdout, stderr]) {
	stream.on('error', (error: NodeJS.ErrnoException) => exit(error.code === 'EPIPE' ? (process.exitCode ?? 0) : 1));
}

// Only now, so that all of the program is compiled with the cache and sees the environment set above.
const {main} = await import('./source/commands/main.ts');
const code = await main(argv.slice(2), argv[1]);
stdout.write('', () => exit(code));
