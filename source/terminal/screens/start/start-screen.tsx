import {Box} from 'ink';
import {reasonAgainst} from '../../bindings.ts';
import {Lines} from '../../components/lines.tsx';
import type {Key} from '../../input/split-keys.ts';
import {bodyHeight} from '../../layout.ts';
import type {Ui} from '../../state/ui.ts';
import type {World} from '../../state/world.ts';
import {problemLines} from '../../text/document.ts';
import {span} from '../../text/line.ts';
import {type Choice, StartMenu} from './start-menu.tsx';

type StartScreenProps = {readonly ui: Ui; readonly world: World; readonly width: number; onKey(key: Key): void};

/** Before there is a session: that it is being opened, or why it could not be, and what can be done instead. */
export function StartScreen({ui, world, width, onKey}: StartScreenProps) {
	const {link} = world;
	const target = link.context === '' ? 'the cluster' : link.context;
	if (link.kind !== 'failed')
		return <Lines lines={[[], [span(`  connecting to ${target}…`, 'dim')]]} width={width} height={2} />;
	const choices = choicesNow(ui, world);
	// The menu stays whole; of a long explanation the end gives way.
	const room = Math.max(1, bodyHeight(world.size) - choices.length - 1);
	const lines = problemLines(`There is no connection to ${target}`, link.problem, width);
	return (
		<Box flexDirection="column">
			<Lines lines={lines} width={width} height={Math.min(room, lines.length) + 1} />
			<StartMenu choices={choices} onChoose={onKey} />
		</Box>
	);
}

function choicesNow(ui: Ui, world: World): readonly Choice[] {
	return world.keymap
		.filter((binding) => binding.where === 'start' || binding.intent === 'quit')
		.filter((binding) => reasonAgainst(binding, ui, world) === undefined)
		.flatMap(({keys: [key], words}) => (key === undefined ? [] : [{key, words}]))
		.toSorted((a, b) => Number(a.words === 'quit') - Number(b.words === 'quit'));
}
