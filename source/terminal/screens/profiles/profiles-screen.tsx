import {Box} from 'ink';
import {keyFor} from '../../bindings.ts';
import {Lines} from '../../components/lines.tsx';
import {useTheme} from '../../components/use-theme.ts';
import type {Intent} from '../../intent.ts';
import {bodyHeight} from '../../layout.ts';
import {listOf, locate} from '../../state/list-state.ts';
import {profilesHeight} from '../../state/reduce-profiles.ts';
import type {Ui} from '../../state/ui.ts';
import type {ProfileItem, World} from '../../state/world.ts';
import {paragraph} from '../../text/document.ts';
import {type Line, span} from '../../text/line.ts';
import {padTo} from '../../text/width.ts';
import {formLines} from './form-lines.ts';

type ProfilesScreenProps = {readonly ui: Ui; readonly world: World; readonly width: number};

/** The profiles, or the form of one of them. */
export function ProfilesScreen({ui, world, width}: ProfilesScreenProps) {
	const {glyphs} = useTheme();
	const {form, list} = ui.profiles;
	const body = bodyHeight(world.size);
	if (form !== undefined) return <Lines lines={formLines(form, glyphs, width, body)} width={width} height={body} />;

	const height = profilesHeight(world);
	const {index, top} = locate(
		list,
		listOf(world.profiles, ({name}) => name, list.index),
		height,
	);
	const name = Math.min(30, Math.max(7, ...world.profiles.map((profile) => profile.name.length)) + 2);
	const header: Line = [span(`    ${padTo('PROFILE', name)}${padTo('CONTEXT', 26)}SETTINGS`, 'dim')];
	const rows = world.profiles
		.slice(top, top + height)
		.map((item, at) => profileLine(item, name, top + at === index ? glyphs.cursor : ' ', glyphs.mark));
	const key = (intent: Intent) => keyFor(intent, world.keymap);
	const empty = [
		[],
		...paragraph([span('  ')], 'There is no profile yet: what is not set comes from flags and defaults.', width),
		...paragraph(
			[span('  ')],
			`${key('set-up')} looks for clusters and SSH keys here and asks; ${key('profiles.new')} makes one by hand.`,
			width,
			'dim',
		),
	];
	return (
		<Box flexDirection="column">
			<Lines lines={rows.length === 0 ? empty : [header, ...rows]} width={width} height={height + 1} />
		</Box>
	);
}

function profileLine({name, profile, current}: ProfileItem, width: number, cursor: string, mark: string): Line {
	const {context, ...rest} = profile;
	const settings = Object.entries(rest).map(([setting, value]) => `${setting}=${String(value)}`);
	return [
		span(`${cursor} ${current ? mark : ' '} `, 'accent'),
		span(padTo(name, width)),
		span(`${padTo(context ?? 'the current one', 25)} `),
		span(`${current ? 'in use  ' : ''}${settings.join(' ')}`, 'dim'),
	];
}
