import {Box, useApp, useInput, usePaste} from 'ink';
import {useEffect, useSyncExternalStore} from 'react';
import {Coach} from './components/coach.tsx';
import {Footer} from './components/footer.tsx';
import {Lines} from './components/lines.tsx';
import {PaneBoundary} from './components/pane-boundary.tsx';
import {TitleBar} from './components/title-bar.tsx';
import type {Controller} from './controller.ts';
import {isPasted, type Key, splitKeys} from './input/split-keys.ts';
import {bodyHeight, isTooSmall, smallest, usableWidth} from './layout.ts';
import {BrokenScreen} from './screens/broken/broken-screen.tsx';
import {CreateScreen} from './screens/create/create-screen.tsx';
import {DialogBox} from './screens/dialog/dialog-box.tsx';
import {DoctorScreen} from './screens/doctor/doctor-screen.tsx';
import {EditScreen} from './screens/edit/edit-screen.tsx';
import {FleetScreen} from './screens/fleet/fleet-screen.tsx';
import {HelpScreen} from './screens/help/help-screen.tsx';
import {MatrixScreen} from './screens/matrix/matrix-screen.tsx';
import {PlanScreen} from './screens/plan/plan-screen.tsx';
import {ProfilesScreen} from './screens/profiles/profiles-screen.tsx';
import {RunScreen} from './screens/run/run-screen.tsx';
import {RunsScreen} from './screens/runs/runs-screen.tsx';
import {SetUpScreen} from './screens/set-up/set-up-screen.tsx';
import {StartScreen} from './screens/start/start-screen.tsx';
import {needsNoSession, screenOf, type Ui} from './state/ui.ts';
import type {World} from './state/world.ts';
import {span} from './text/line.ts';
import {wrap} from './text/width.ts';

type AppProps = {readonly controller: Controller};

/** The root: takes every key, shows the screen that the state names. It keeps no state of its own. */
export function App({controller}: AppProps) {
	const {ui, world} = useSyncExternalStore(controller.subscribe, controller.getSnapshot);
	const {suspendTerminal} = useApp();
	useEffect(() => controller.attach({suspend: suspendTerminal}), [controller, suspendTerminal]);
	useInput((input, key) => {
		if (isPasted(input)) return controller.paste(input);
		for (const each of splitKeys(input, key)) controller.press(each);
	});
	usePaste((text) => controller.paste(text));

	const {size} = world;
	const width = usableWidth(size);
	if (isTooSmall(size)) {
		const sentence = `terminal too small (${size.columns}×${size.rows}, needs ${smallest.columns}×${smallest.rows})`;
		const lines = wrap(sentence, width).map((line) => [span(line)]);
		return <Lines lines={lines} width={Math.max(1, width)} height={Math.max(1, size.rows)} />;
	}
	return (
		<Box flexDirection="column" width={width} height={size.rows + (world.tour?.rows ?? 0)} overflowY="hidden">
			<TitleBar ui={ui} world={world} width={width} />
			<Box flexDirection="column" width={width} height={bodyHeight(size)} overflowY="hidden">
				<PaneBoundary width={width} height={bodyHeight(size)} attempt={ui}>
					<Shown ui={ui} world={world} width={width} onKey={controller.press} />
				</PaneBoundary>
			</Box>
			<DialogBox ui={ui} world={world} width={width} />
			<Coach ui={ui} world={world} width={width} />
			<Footer ui={ui} world={world} width={width} />
		</Box>
	);
}

type ShownProps = {readonly ui: Ui; readonly world: World; readonly width: number; onKey(key: Key): void};

function Shown({ui, world, width, onKey}: ShownProps) {
	if (ui.help !== undefined) return <HelpScreen ui={ui} top={ui.help} world={world} width={width} />;
	const screen = screenOf(ui);
	if (world.link.kind !== 'ready' && !needsNoSession(screen))
		return <StartScreen ui={ui} world={world} width={width} onKey={onKey} />;
	const props = {ui, world, width};
	switch (screen) {
		case 'fleet':
			return <FleetScreen {...props} />;
		case 'plan':
			return <PlanScreen {...props} />;
		case 'runs':
			return <RunsScreen {...props} />;
		case 'run':
			return <RunScreen {...props} />;
		case 'profiles':
			return <ProfilesScreen {...props} />;
		case 'broken':
			return <BrokenScreen {...props} />;
		case 'create':
			return <CreateScreen {...props} />;
		case 'edit':
			return <EditScreen {...props} />;
		case 'matrix':
			return <MatrixScreen {...props} />;
		case 'doctor':
			return <DoctorScreen {...props} />;
		case 'set-up':
			return <SetUpScreen {...props} />;
	}
}
