import {exitCodes, UserError} from '../errors.ts';
import type {Profile, ProfileStore} from '../ports.ts';
import {isSettingName, profileSettings, settingNames, unknownProfile} from '../profile-settings.ts';
import {quote} from '../vm/quote.ts';
import {type ConnectionFlags, flagsAsProfile, type GlobalFlags} from './flags.ts';
import type {ProfileOutput, ProfilesOutput} from './machine-output.ts';
import {type Output, printJson, printNames, printTable, printYaml} from './print.ts';

type Format = {readonly output?: string};

/** What each `meshboard profile` command does. All throw UserError: `usage`, or `config.*` of the store. */
export function profileActions(store: ProfileStore, output: Output) {
	const say = (line: string) => output.write(`${line}\n`);
	const names = () => store.list().map(({name}) => name);

	return {
		list({output: format}: Format): void {
			const profiles = store.list();
			if (format === 'json') return printJson({items: profiles} satisfies ProfilesOutput, output);
			if (format === 'yaml') return printYaml({items: profiles}, output);
			if (format === 'name') return printNames(names(), output);
			if (profiles.length === 0) {
				say('There is no profile yet. Make one: meshboard profile set NAME SETTING=VALUE');
				return;
			}
			const rows = profiles.map(({name, profile, current}) => [
				current ? '*' : ' ',
				name,
				profile.context ?? '',
				profile.namespaces?.join(',') ?? '',
				profile.sshUser ?? '',
				profile.adminUser ?? '',
			]);
			printTable(['', 'NAME', 'CONTEXT', 'NAMESPACES', 'SSH USER', 'ADMIN USER'], rows, output);
		},

		show(name: string | undefined, {output: format}: Format): void {
			const wanted = name ?? store.current();
			const profile = store.get(wanted);
			if (profile === undefined && name !== undefined) throw unknownProfile(name, names());
			if (format === 'json') return printJson((profile ?? {}) satisfies ProfileOutput, output);
			if (format === 'yaml') return printYaml(profile ?? {}, output);
			const rows = words(profile ?? {}).map(([setting, value]) => [setting, value, profileSettings[setting].meaning]);
			if (rows.length === 0) {
				say(`Profile "${wanted}" sets nothing: flags, annotations and defaults are used.`);
				return;
			}
			say(`Profile "${wanted}" in ${store.path}`);
			printTable(['SETTING', 'VALUE', 'MEANING'], rows, output);
		},

		set(name: string, settings: readonly string[], flags: GlobalFlags & ConnectionFlags): void {
			const before = store.get(name);
			const changes = {...flagsAsProfile(flags), ...readWords(settings)};
			if (before !== undefined && Object.keys(changes).length === 0) {
				throw new UserError({
					code: 'usage',
					message: 'There is nothing to set.',
					exitCode: exitCodes.usage,
					hint: `meshboard profile set ${name} SETTING=VALUE; meshboard profile set --help lists the settings.`,
				});
			}
			// What is set to nothing is left out, as the store leaves out undefined.
			const after = Object.fromEntries(
				Object.entries({...before, ...changes}).filter(([, value]) => value !== undefined),
			);
			store.save(name, after);
			say(`${before === undefined ? 'Made' : 'Changed'} profile "${name}": ${asWords(after) || 'no settings'}`);
		},

		use(name: string): void {
			store.use(name);
			say(`Profile "${name}" is in use.`);
		},

		remove(name: string): void {
			const profile = store.get(name);
			store.remove(name);
			say(
				`Removed profile "${name}". To bring it back: meshboard profile set ${name} ${asWords(profile ?? {})}`.trimEnd(),
			);
		},

		repair(): void {
			const {copy, kept, lost} = store.repair();
			if (copy === undefined) {
				say(`Nothing is wrong with ${store.path}.`);
				return;
			}
			for (const line of lost) say(`left out: ${line}`);
			say(`Kept ${kept.length === 0 ? 'no profile' : kept.join(', ')} in ${store.path}; the damaged file is ${copy}`);
		},
	};
}

/** `SETTING=VALUE` words as a profile; a value that is empty takes the setting out (undefined). */
function readWords(settings: readonly string[]): Readonly<Record<string, unknown>> {
	return Object.fromEntries(
		settings.map((word) => {
			const equals = word.indexOf('=');
			const name = equals < 0 ? word : word.slice(0, equals);
			const usage = (message: string) =>
				new UserError({
					code: 'usage',
					message,
					exitCode: exitCodes.usage,
					hint: `Settings: ${settingNames.join(', ')}`,
				});
			if (!isSettingName(name)) throw usage(`${JSON.stringify(name)} is not a setting.`);
			if (equals < 0) throw usage(`Write ${name}=VALUE.`);
			const value = word.slice(equals + 1);
			return [name, value === '' ? undefined : profileSettings[name].read(value)];
		}),
	);
}

function words(profile: Profile) {
	return settingNames.flatMap((name) => (profile[name] === undefined ? [] : [[name, String(profile[name])] as const]));
}

function asWords(profile: Profile): string {
	return words(profile)
		.map(([name, value]) => `${name}=${quote(value)}`)
		.join(' ');
}
