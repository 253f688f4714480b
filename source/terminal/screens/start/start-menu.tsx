import {Box, Text} from 'ink';
import SelectInput from 'ink-select-input';
import {useTheme} from '../../components/use-theme.ts';
import type {Key} from '../../input/split-keys.ts';

/** One way on: what is done, and the key that does it too. */
export type Choice = {readonly words: string; readonly key: Key};

type StartMenuProps = {readonly choices: readonly Choice[]; onChoose(key: Key): void};

/** What can be done without a cluster: a short fixed menu, whose choices are keys of the keymap. */
export function StartMenu({choices, onChoose}: StartMenuProps) {
	return (
		<Box marginLeft={2}>
			<SelectInput
				items={choices.map(({words, key}) => ({label: words, value: key}))}
				indicatorComponent={Cursor}
				itemComponent={Item}
				onSelect={({value}) => onChoose(value)}
			/>
		</Box>
	);
}

function Cursor({isSelected = false}: {readonly isSelected?: boolean}) {
	const {glyphs, look} = useTheme();
	return <Text {...look({text: '', tone: 'accent'})}>{isSelected ? `${glyphs.cursor} ` : '  '}</Text>;
}

function Item({isSelected = false, label}: {readonly isSelected?: boolean; readonly label: string}) {
	return <Text bold={isSelected}>{label}</Text>;
}
