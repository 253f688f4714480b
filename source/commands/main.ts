import {Argument, Command, CommanderError, type Option} from 'commander';
import {exitCodes, UserError} from '../errors.ts';
import {similarNames} from '../mesh/similar-names.ts';
import {registerBootstrap} from './bootstrap-command.ts';
import {calledAs} from './called-as.ts';
import type {Shell} from './completion/scripts.ts';
import {registerCreate} from './create.ts';
import {
	addConnectionFlags,
	addGlobalFlags,
	type ConnectionFlags,
	duration,
	type GlobalFlags,
	imageOption,
	layoutOption,
	reachOption,
	undoOption,
	wholeNumber,
} from './flags.ts';
import {outputOption} from './output-format.ts';
import {registerProfile} from './profile.ts';
import {version} from './version.ts';

/** Everything that a command's flags can hold; commander hands them over untyped. */
type Flags = GlobalFlags & ConnectionFlags & Record<string, unknown>;

/** Runs the command line of the started file; the answer is the exit code. Nothing heavy is loaded before the command is known. */
export async function main(words: readonly string[], file = ''): Promise<number> {
	const {name, words: argv} = calledAs(file, words);
	let code: number = exitCodes.done;
	if (argv[0] === '__complete') {
		return (await import('./completion/complete.ts')).complete(describeProgram(), argv.slice(1));
	}
	const program = describeProgram(name, (run) => async (...given: unknown[]) => {
		const command = given.at(-1) as Command;
		code = await run(command.optsWithGlobals<Flags>(), given.slice(0, -2), command);
	});
	try {
		await program.parseAsync([...argv], {from: 'user'});
		return code;
	} catch (error) {
		return report(error, argv.includes('--verbose'));
	}
}

type Handler = (flags: Flags, words: readonly unknown[], command: Command) => Promise<number>;

/** The tree of commands; without an action it can only be looked at. */
export function describeProgram(
	name = 'meshboard',
	action: (run: Handler) => (...words: unknown[]) => Promise<void> = () => async () => {},
): Command {
	const program = addConnectionFlags(addGlobalFlags(new Command(name)))
		.description(
			'Onboard virtual machines into an Istio service mesh, and see why a proxy is stuck.\nWithout a command: the terminal UI on the current profile.',
		)
		.version(version, '--version', 'print the version')
		.helpOption('-h, --help', 'show help')
		.configureHelp({showGlobalOptions: true, visibleGlobalOptions: globalFlagsOf})
		.addHelpText(
			'after',
			`
Examples:
  meshboard                                          the terminal UI
  meshboard ratings-vm.bookinfo                      the same, with this entry selected
  meshboard demo                                     the same on a sandbox in this process, without a cluster
  meshboard list -A -o wide
  meshboard lint mesh/*.yaml
  meshboard check ratings-vm.bookinfo
  meshboard onboard ratings-vm.bookinfo --prepare --admin-user ubuntu
  meshboard bootstrap ratings-vm.bookinfo --start-istio-proxy
  meshboard doctor ratings-vm.bookinfo
  meshboard profile set lab --context lab --admin-user ubuntu --ssh-key ~/.ssh/id_ed25519

Exit codes: 0 done · 1 some target failed · 64 usage · 65 bad data or object · 69 unreachable · 77 not permitted
            78 configuration · 79 findings of severity error · 130/129/143 interrupted`,
		)
		.exitOverride()
		.showSuggestionAfterError()
		.showHelpAfterError('Every command and flag: meshboard --help, meshboard COMMAND --help')
		.configureOutput({outputError: (text, write) => write(text.replace(/^error: /, 'meshboard: '))})
		.enablePositionalOptions(false);
	const onWords = (run: (flags: Flags, targets: readonly string[]) => Promise<number>) =>
		action((flags, [targets]) => run(flags, targets as readonly string[]));
	program.action(
		action(async (flags, _words, command) => {
			const [word, more] = command.args;
			// A misspelt command has no dot; an entry of the screens is written with its namespace.
			if (word !== undefined && !word.includes('.')) throw unknownCommand(word, program);
			if (more !== undefined) throw oneTarget(more);
			return (await import('./board.ts')).board(flags, word);
		}),
	);

	program
		.command('demo')
		.description("the terminal UI on a sandbox; without a terminal, onboards the sandbox's VMs as text")
		.addOption(outputOption(['text', 'json', 'ndjson']))
		.action(action(async (flags) => (await import('./demo.ts')).demo(flags)));

	program
		.command('list')
		.description('WorkloadEntries over namespaces, with the state of their proxies')
		.option('-l, --selector <labels>', 'only entries with these labels, a=b,c!=d')
		.option('-w, --watch', 'go on and print what changes')
		.addOption(outputOption(['text', 'wide', 'json', 'yaml', 'name', 'ndjson']))
		.action(action(async (flags) => (await import('./list.ts')).list(flags)));

	program
		.command('lint')
		.description('findings of manifests, or of objects in the cluster, without touching a VM')
		.argument('[what...]', 'files (- for standard input) or <entry>[.<namespace>]; none: the namespaces of the profile')
		.addOption(outputOption(['text', 'json', 'ndjson']))
		.action(onWords(async (flags, what) => (await import('./lint.ts')).lint(flags, what)));

	addRunFlags(program.command('prepare'))
		.description("make VMs ready with the admin account: the engine, the proxy's user, SSH key, directory")
		.addOption(imageOption())
		.option(
			'--start-app [image]',
			"start the guide's example, or this image, where the Sidecar sends requests and nothing listens yet",
		)
		.addOption(undoOption())
		.action(onWords(async (flags, targets) => (await import('./prepare.ts')).prepare(flags, targets)));

	addRunFlags(program.command('onboard'))
		.description('prepare (with --prepare), check, bootstrap and verify VMs side by side')
		.option('--prepare', "also prepare the VM with the admin account: Docker, the proxy's user, SSH key, directory")
		.addOption(imageOption())
		.addOption(layoutOption())
		.option('--package <file>', "Istio's package, installed where the VM has none (with --layout package)")
		.option('--group <group>', 'let istiod register the VMs from this WorkloadGroup, <group>[.<namespace>]')
		.option('--host <hosts>', 'the VMs for --group, IP[=SSH-HOST], separated by commas', (value: string) =>
			value.split(','),
		)
		.option('--force', 'replace what is on the VM even when it is unchanged')
		.option('--duration <duration>', 'lifetime of the token (24h)', duration(600, 315_360_000))
		.action(onWords(async (flags, targets) => (await import('./onboard.ts')).onboard(flags, targets)));

	addConnectionFlags(program.command('check'))
		.description('look at all that VMs need before onboarding: objects, VM, and the firewall matrix from both ends')
		.argument('[targets...]', '<entry>[.<namespace>]')
		.option(
			'-y, --yes',
			'listen for a moment on inbound ports where nothing does yet, so that a refusal is told from a rule',
		)
		.option('--probe-pod', 'where no pod of the mesh can dial the VM, start a pod for the moment of the test')
		.option('--probe-image <image>', "image of that pod: sh, with curl, wget or nc (the proxy's)")
		.option('-w, --watch', 'check again and again what is closed, and print what changes, until all is open')
		.addOption(outputOption(['text', 'json', 'ndjson']))
		.action(onWords(async (flags, targets) => (await import('./check.ts')).check(flags, targets)));

	registerCreate(program, action);
	program
		.command('expand')
		.description('let VMs into the mesh: mesh expansion of TSB, or the east-west gateway of open-source Istio')
		.option('--apply', 'create what is missing on open-source Istio; without it, print it')
		.option('--network <name>', "the cluster's network, where nothing names it")
		.option('--force-conflicts', 'take over fields that somebody else keeps')
		.option('--dry-run', 'show what would change, change nothing')
		.option('--timeout <duration>', 'how long the gateway and its address may take (300s)', duration(1, 86_400))
		.option('-y, --yes', 'do not ask before it is applied')
		.addOption(outputOption(['text', 'json']))
		.action(action(async (flags) => (await import('./expand.ts')).expand(flags)));
	registerBootstrap(program, onWords);

	addConnectionFlags(program.command('verify'))
		.description('prove that VMs are in the mesh, from the container to a request from a pod; changes nothing')
		.argument('[targets...]', '<entry>[.<namespace>]')
		.addOption(layoutOption())
		.addOption(reachOption())
		.addOption(outputOption(['text', 'json', 'ndjson']))
		.action(onWords(async (flags, targets) => (await import('./verify.ts')).verify(flags, targets)));

	addConnectionFlags(program.command('doctor'))
		.description('say why proxies are stuck: every cause with evidence and remedy; changes nothing without --fix')
		.argument('[targets...]', '<entry>[.<namespace>]; all of them with -A')
		.option('--watch', 'look again and again, and tell what changes')
		.option('--archive <file>', 'also save all that it judged by, with logs and dumps, as a .tgz for somebody else')
		.option(
			'--fix <id>',
			'mend a cause that is found: shows the plan, asks, does it, looks again (ID=VALUE where there is a choice)',
		)
		.option('--dry-run', 'with --fix: print the plan, change nothing')
		.option('-y, --yes', 'with --fix: do not ask')
		.option('--from <file>', 'judge what such an archive holds, without cluster and VM')
		.addOption(layoutOption())
		.addOption(reachOption())
		.addOption(outputOption(['text', 'json', 'ndjson', 'markdown']))
		.action(onWords(async (flags, targets) => (await import('./doctor.ts')).doctor(flags, targets)));

	addRunFlags(program.command('renew'))
		.description('give proxies that are there a new token; a restart only where one is needed')
		.addOption(layoutOption())
		.option('--force', 'replace the token even when it serves')
		.option('--duration <duration>', 'lifetime of the token (24h)', duration(600, 315_360_000))
		.action(onWords(async (flags, targets) => (await import('./renew.ts')).renew(flags, targets)));

	addRunFlags(program.command('offboard'))
		.description('stop proxies and remove what their bootstrap left on the VM')
		.option('--delete-entry', 'first remove the WorkloadEntry, so that nothing is sent to the VM any more')
		.option('--remove-directory', 'also remove the directory of the bundle, if it is empty')
		.addOption(layoutOption())
		.option('--remove-package', "also remove Istio's package (with --layout package)")
		.option('--remove-image', "also remove the proxy's image, unless another container uses it")
		.action(onWords(async (flags, targets) => (await import('./offboard.ts')).offboard(flags, targets)));

	addConnectionFlags(program.command('logs'))
		.description("the log of proxies: their container's, or the package's")
		.argument('[targets...]', '<entry>[.<namespace>]')
		.option('-f, --follow', 'go on with what comes, until ctrl+c')
		.option('--tail <lines>', 'begin with so many of the last lines, or all (200, with --since all)', tailOf)
		.option('--since <time>', 'begin with what is not older: 10m, 1h30m, or a time of RFC 3339')
		.addOption(outputOption(['text', 'ndjson']))
		.action(onWords(async (flags, targets) => (await import('./logs.ts')).logs(flags, targets)));

	registerProfile(program, async () => (await import('../compose.ts')).openProfiles(process.env));
	program
		.command('info')
		.description(
			'every path that is used, the profile with where each setting is from, and the context; asks no server',
		)
		.addOption(outputOption(['text', 'json']))
		.action(action(async (flags) => (await import('./info.ts')).info(flags)));
	program
		.command('completion')
		.description('print the script that completes commands, flags and live names in a shell (docs/scripting.md)')
		.addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
		.action(
			action(async (_flags, [shell]) => (await import('./completion/print-script.ts')).printScript(shell as Shell)),
		);
	// Last, since commands take over what is set when they are made: only a word that is no command is let through, to be told.
	return program.allowExcessArguments();
}

/** What all commands have that take targets through a run: plan, consent, resuming. */
function addRunFlags(command: Command): Command {
	return addConnectionFlags(command)
		.argument('[targets...]', '<entry>[.<namespace>]')
		.option('--dry-run', 'print the plan with the exact commands, change nothing')
		.option('--resume', 'go on with runs that were broken off')
		.option('-y, --yes', 'do not ask before the plan is carried out')
		.addOption(outputOption(['text', 'json', 'ndjson']));
}

/** The flags for every command, in the help of those that look at a cluster: there nobody would guess `-n` and `-A`. */
function globalFlagsOf(command: Command): Option[] {
	const isOfCluster = command.parent?.parent === null && !['completion', 'demo', 'profile'].includes(command.name());
	return isOfCluster ? [...addGlobalFlags(new Command()).options] : [];
}

function tailOf(word: string): number | 'all' {
	return word === 'all' ? word : wholeNumber(0, 1_000_000)(word);
}

/** Without a command the screens open, so that commander takes a misspelt one for an argument of theirs. */
function unknownCommand(word: string, program: Command): UserError {
	const names = program.commands.map((command) => command.name());
	const [nearest] = similarNames(word, names, 2);
	return new UserError({
		code: 'usage',
		message: `There is no command ${JSON.stringify(word)}.`,
		hint: `${nearest === undefined ? '' : `Did you mean ${nearest}? `}The commands: ${names.join(', ')}. More: meshboard --help`,
		exitCode: exitCodes.usage,
	});
}

function oneTarget(word: string): UserError {
	return new UserError({
		code: 'usage',
		message: `The terminal UI opens at one entry: ${JSON.stringify(word)} is one word too many.`,
		hint: 'For several: meshboard onboard TARGET…, meshboard --help',
		exitCode: exitCodes.usage,
	});
}

/** Says what went wrong, in one sentence with the next step; a stack trace only for our own bugs, with --verbose. */
function report(error: unknown, verbose: boolean): number {
	if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
	if (error instanceof UserError) {
		process.stderr.write(`meshboard: ${error.message}${isId(error.code) ? ` [${error.code}]` : ''}\n`);
		for (const {source, text} of error.evidence) process.stderr.write(`  ${source}: ${text}\n`);
		if (error.hint !== undefined) process.stderr.write(`${error.hint}\n`);
		return error.exitCode;
	}
	const words = error instanceof Error ? ((verbose ? error.stack : undefined) ?? error.message) : String(error);
	process.stderr.write(`meshboard: internal error, please report it: ${words}\n`);
	return exitCodes.someFailed;
}

function isId(code: string): boolean {
	return code.includes('.');
}
