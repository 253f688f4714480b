import type {Command} from 'commander';
import type {ProfileStore} from '../ports.ts';
import {profileSettings, settingNames} from '../profile-settings.ts';
import {outputOption} from './output-format.ts';
import type {Output} from './print.ts';

/** `meshboard profile …`: describes the commands to commander; what they do is loaded when one is used. */
export function registerProfile(
	program: Command,
	openProfiles: () => ProfileStore | Promise<ProfileStore>,
	output: Output = process.stdout,
): Command {
	const act = async () => (await import('./profile-actions.ts')).profileActions(await openProfiles(), output);
	const profile = program
		.command('profile')
		.description('connection profiles: what is kept for a cluster and its VMs')
		.addHelpText('after', '\nKeys of your own for the screens stand in the same file: docs/keys.md');

	profile
		.command('list')
		.description('all profiles; * marks the one in use')
		.addOption(outputOption(['text', 'json', 'yaml', 'name']))
		.action(async (_options, command: Command) => (await act()).list(command.optsWithGlobals()));
	profile
		.command('show')
		.description('the settings of a profile; without a name, of the one in use')
		.argument('[name]')
		.addOption(outputOption(['text', 'json', 'yaml']))
		.action(async (name: string | undefined, _options, command: Command) =>
			(await act()).show(name, command.optsWithGlobals()),
		);
	profile
		.command('set')
		.description('change settings of a profile, which is made when there is none of that name')
		.argument('<name>')
		.argument(
			'[settings...]',
			'SETTING=VALUE, e.g. namespaces=bookinfo,shop; SETTING= takes the setting out; flags such as --ssh-user work too',
		)
		.addHelpText(
			'after',
			() =>
				`\nSettings:\n${settingNames.map((name) => `  ${name.padEnd(20)} ${profileSettings[name].meaning}\n`).join('')}`,
		)
		.action(async (name: string, settings: readonly string[], _options, command: Command) =>
			(await act()).set(name, settings, command.optsWithGlobals()),
		);
	profile
		.command('use')
		.description('make a profile the one in use')
		.argument('<name>')
		.action(async (name: string) => (await act()).use(name));
	profile
		.command('remove')
		.description('remove a profile; prints the command that brings it back')
		.argument('<name>')
		.action(async (name: string) => (await act()).remove(name));
	profile
		.command('repair')
		.description('mend a damaged file: keeps a copy beside it and saves what can be read')
		.action(async () => (await act()).repair());
	return profile;
}
