import type {TargetRef} from '../mesh/workload-entry.ts';
import type {Session} from '../onboarding/session.ts';
import type {CommandHistory, Profile, Profiles, Survey} from '../ports.ts';
import type {Binding} from './bindings.ts';
import type {Doctors} from './doctors.ts';
import type {Foreground} from './foreground.ts';
import type {Mouse} from './mouse.ts';
import type {RaisedLevels} from './raised-levels.ts';
import type {Tour} from './screens-of.ts';
import type {Relink} from './state/effect.ts';
import type {ScreenName, Ui} from './state/ui.ts';
import type {Size, World} from './state/world.ts';

/** What the controller is made with. */
export type ControllerOptions = {
	readonly context: string;
	readonly version: string;
	readonly readOnly: boolean;
	readonly initialScreen: ScreenName;
	/** See TerminalOptions. */
	readonly target: TargetRef | undefined;
	/** See TerminalOptions. */
	readonly kept: boolean;
	readonly offersDemo: boolean;
	/** See TerminalOptions. */
	readonly tour: Tour | undefined;
	readonly size: Size;
	/** Profiles while there is no session. */
	readonly profiles: Profiles | undefined;
	/** Opens a session anew, as the one before but for what changes. */
	readonly connect: ((change: Relink) => Promise<Session>) | undefined;
	/** The contexts of the kubeconfig. */
	readonly contexts: (() => Promise<readonly string[]>) | undefined;
	/** See TerminalOptions. */
	readonly setUp: SetUpSource | undefined;
	readonly history: CommandHistory | undefined;
	readonly keymap: readonly Binding[];
	readonly foreground: Foreground;
	/** The mouse, where it was asked for: other programs begin without it. */
	readonly mouse: Pick<Mouse, 'ask' | 'release'> | undefined;
	readonly redraw: () => void;
	/** Hands a text to the terminal's clipboard. */
	readonly copy: (text: string) => void;
};

/** What the set-up begins with. */
export type SetUpSource = {
	readonly home: string;
	/** What the command line said. */
	readonly given: Profile;
	/** Looks at this machine. */
	readonly survey: () => Promise<Survey>;
};

/** What performEffect may do to the state. */
export type Cockpit = {
	readonly options: ControllerOptions;
	readonly doctors: Doctors;
	readonly levels: RaisedLevels;
	session(): Session | undefined;
	profiles(): Profiles | undefined;
	/** What the screens look at now. */
	world(): World;
	change(next: (ui: Ui) => Ui): void;
	/** Uses a session that is being opened; the one before is closed. */
	link(opening: Promise<Session>, context: string): void;
	/** The context that is connected to, or was to be. */
	context(): string;
	/** Keeps a line of the command line. */
	remember(line: string): Promise<void>;
	refreshProfiles(): void;
	refreshBroken(): Promise<void>;
	/** Reads how long steps took so far. */
	refreshTimes(): Promise<void>;
	quit(exitCode: number | undefined, cancel: boolean): void;
	/** Leaves for the demo. */
	openDemo(): void;
	/** Hides the tour, or shows it again. */
	toggleTour(): void;
	suspend(callback: () => Promise<void>): Promise<void>;
};
