import type {Commands} from '../command.ts';
import {docker} from '../docker/docker.ts';
import {accountCommands} from './accounts.ts';
import {fileCommands} from './files.ts';
import {packageCommands} from './packages.ts';
import {shellCommands} from './shells.ts';
import {systemCommands} from './system.ts';

/** All programs of a VM that just-bash does not have, or does not have like Debian. */
export const machineCommands: Commands = {
	...shellCommands,
	...accountCommands,
	...fileCommands,
	...systemCommands,
	...packageCommands,
	docker,
};
