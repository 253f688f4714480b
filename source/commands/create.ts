import {type Command, Option} from 'commander';
import {type BuilderName, builders} from '../mesh/build/builders.ts';
import {flagOf} from '../mesh/build/draft.ts';
import type {CreateFlags} from './create-flags.ts';
import {outputOption} from './output-format.ts';

type Run = (flags: CreateFlags, words: readonly unknown[]) => Promise<number>;

const descriptions: Readonly<Record<BuilderName, string>> = {
	entry: 'a WorkloadEntry, or with --from one for each row of a table',
	group: 'a WorkloadGroup, the template of entries that register themselves',
	sidecar: 'the Sidecar of a VM without iptables',
	service: 'the Service under which pods call the VM',
};

/** Flags of the whole program that answer a question too. */
const known = new Set(['name', 'namespace', 'sshPort', 'sshUser', 'imageHub']);

/** `meshboard create …`: describes the commands to commander; what they do is loaded when one is used. */
export function registerCreate(program: Command, action: (run: Run) => (...words: unknown[]) => Promise<void>): void {
	const create = program
		.command('create')
		.description('build, validate, show and apply the objects around a VM: entry, group, sidecar, service');
	for (const name of Object.keys(builders) as BuilderName[]) {
		const command = create.command(name).description(descriptions[name]).argument('[name]', 'NAME[.NAMESPACE]');
		const {questions, defaults} = builders[name];
		for (const [field, {question, value, otherwise}] of Object.entries(questions)) {
			if (known.has(field)) continue;
			const holds = defaults[field] ?? otherwise;
			command.option(`--${flagOf(field)} <${value}>`, `${question}${holds === undefined ? '' : ` (${holds})`}`);
		}
		if (name === 'sidecar' || name === 'service')
			command.option(
				'--for <entry>',
				'take labels and ports from this entry, <entry>[.<namespace>], and what is around it',
			);
		if (name === 'entry' || name === 'group')
			command.option('--create-account', 'make the service account too, where there is none');
		if (name === 'entry') {
			command
				.option('--ask-vm <host>', 'connect to this machine and offer the addresses and ports that it reports')
				.option(
					'--from <file>',
					'make many: CSV, or the JSON of ansible-inventory --list, gcloud compute instances list, aws ec2 describe-instances, az vm list -d; - is standard input',
				)
				.option(
					'--set <field=template>',
					"with --from, a field of every entry, as app='{tags.app}' or serviceAccount=ratings; may be repeated",
					(word: string, before: readonly string[] = []) => [...before, word],
				)
				.option('--include-stopped', 'with --from, machines that do not run too');
		}
		command
			.addOption(
				new Option('--dry-run [where]', 'apply nothing: validate here (client), or ask the server and its webhooks')
					.choices(['client', 'server'])
					.preset('client'),
			)
			.option('-f, --file <file>', 'write to a file for source control instead of applying; - is standard output')
			.option('--force-conflicts', 'take over fields that somebody else keeps')
			.option('-y, --yes', 'do not ask before it is applied')
			.addOption(outputOption(['text', 'yaml', 'json']))
			.action(
				action(async (flags, [word]) =>
					flags.from === undefined
						? (await import('./create-one.ts')).createOne(name, flags, word as string | undefined)
						: (await import('./create-many.ts')).createMany(flags, flags.from, word as string | undefined),
				),
			);
	}
}
