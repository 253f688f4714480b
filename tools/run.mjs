import {spawn} from 'node:child_process';
import {constants} from 'node:os';
import {join} from 'node:path';
import {ensureBuild} from './build.mjs';
import {ensureModules} from './modules.mjs';
import {ensureNode} from './node.mjs';
import {root, stop} from './root.mjs';

/*
 * The way into everything on a machine that has only git, npm and an older Node (20 or newer): sees to Node, to the
 * dependencies and to the build, each only when it is missing or out of date, then hands over.
 *
 *   node tools/run.mjs start [ARGUMENTS…]    the program; without arguments, its demo
 *   node tools/run.mjs build                 only what is said above
 *   node tools/run.mjs TOOL [ARGUMENTS…]     tools/TOOL.mjs
 */
const [tool = 'start', ...words] = process.argv.slice(2);
const script = tool === 'start' ? 'dist/cli.js' : `tools/${tool}.mjs`;

const {node, env} = ensureNode();
ensureModules(env);
await ensureBuild();
if (tool === 'build') process.exit();

const child = spawn(node, [join(root, script), ...(tool === 'start' && words.length === 0 ? ['demo'] : words)], {
	env,
	stdio: 'inherit',
});
child.on('error', (error) => stop(`${node} could not be started: ${error.message}`));
// What a terminal interrupts, it interrupts in the child too: the child decides, and is waited for.
process.on('SIGINT', () => {});
for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
child.on('close', (code, signal) => process.exit(code ?? 128 + constants.signals[signal ?? 'SIGTERM']));
