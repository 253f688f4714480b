import type {Runtime} from '../ports.ts';
import {parseConfinement} from './confinement.ts';
import type {VmFacts} from './facts.ts';
import {parseAddresses} from './parse/addresses.ts';
import {parseContainers} from './parse/containers.ts';
import {parseEngine} from './parse/engine.ts';
import {parseFreeSpace} from './parse/free-space.ts';
import {parseGroup} from './parse/group.ts';
import {parseListeners} from './parse/listeners.ts';
import {parseOsRelease} from './parse/os-release.ts';
import {parseOwnership} from './parse/ownership.ts';
import {plainText} from './plain-text.ts';
import {fieldOf, parseSections, type Said} from './sections.ts';
import {parseWaysOut} from './ways-out.ts';

/** Reads what `probeCommand` printed. Total: whatever the VM said, what cannot be read is unknown. */
export function parseProbe(output: string, asked: {configDir: string; runtime: Runtime}): VmFacts {
	const sections = parseSections(output);
	const lines = (name: string) => sections.get(name)?.lines ?? [];
	const line = (name: string, index: number) => plainText(lines(name)[index] ?? '', 120);
	const tools = lines('tools').map((tool) => plainText(tool, 40));
	const user = line('user', 0);
	const groups = line('user', 1).split(' ').filter(Boolean);
	const dockerGroup = parseGroup(lines('docker-group'), 'docker');
	const engine = parseEngine(sections.get('engine'), tools.includes(asked.runtime));
	const stale =
		asked.runtime === 'docker' &&
		engine.state === 'denied' &&
		dockerGroup?.includes(user) === true &&
		!groups.includes('docker')
			? 'group-stale'
			: engine.state;
	const service = parseService(sections.get('service'));
	return {
		kernel: line('kernel', 0),
		architecture: line('kernel', 1),
		os: parseOsRelease(lines('os')),
		user,
		groups,
		dockerGroup,
		clock: parseClock(line('clock', 0)),
		tools,
		docker: {state: stale, text: engine.text, architecture: engine.architecture, ...service},
		atBoot: asked.runtime === 'docker' ? undefined : parseAtBoot(sections.get('reboot')),
		configDir: parseDirectory(asked.configDir, sections),
		imagePresent: parseImage(sections.get('image'), engine.state === 'usable'),
		freeKib: {
			configDir: parseFreeSpace(lines('space-directory')),
			engine: parseFreeSpace(lines('space-engine')),
		},
		freeInodes: parseFreeSpace(lines('inodes-directory')),
		listeners: parseSocketAnswer(sections.get('listeners')),
		addresses: parseAddresses(lines('addresses')),
		containers: sections.get('containers')?.code === 0 ? parseContainers(lines('containers')) : undefined,
		waysOut: parseWaysOut(sections.get('ways-out')),
		confinement: parseConfinement(sections.get('confinement')),
		denials: lines('denials').map((text) => plainText(text, 300)),
	};
}

/** Reads the answer of `serviceSection`; empty where systemd does not know the unit or is not there. */
export function parseService(said: Said | undefined): {readonly active: string; readonly enabled: string} {
	const active = fieldOf(said, 'active');
	const enabled = fieldOf(said, 'enabled');
	// A unit that does not exist is "inactive" too.
	return enabled === '' || enabled === 'not-found' ? {active: '', enabled: ''} : {active, enabled};
}

/** Reads the answer of `rebootSection`. */
export function parseAtBoot(said: Said | undefined): NonNullable<VmFacts['atBoot']> {
	return {lingers: fieldOf(said, 'linger') === 'yes', restarts: fieldOf(said, 'restart') === 'yes'};
}

/** Reads the answers of `directorySection` and `writable`. */
function parseDirectory(path: string, sections: ReadonlyMap<string, Said>): VmFacts['configDir'] {
	const {kind, mode, owner, group, fileSystem} = parseDirectorySection(sections.get('directory'));
	const said = sections.get('writable');
	const writable = said?.lines.some((text) => text.trim() === 'yes') === true;
	const words = plainText((said?.lines ?? []).join(' '));
	return {path: plainText(path, 1000), kind, writable, text: writable ? '' : words, mode, owner, group, fileSystem};
}

/** Reads the answer of `directorySection` alone: kind, permissions, file system, and whether it is a symbolic link. */
export function parseDirectorySection(said: Said | undefined) {
	return {
		kind: kindOf(fieldOf(said, 'kind')),
		link: fieldOf(said, 'link') === 'yes',
		...parseOwnership(fieldOf(said, 'stat')),
		fileSystem: fieldOf(said, 'type'),
	};
}

function kindOf(word: string): VmFacts['configDir']['kind'] {
	return word === 'directory' || word === 'absent' ? word : 'other';
}

function parseImage(said: Said | undefined, usable: boolean): boolean | undefined {
	return usable && said !== undefined ? said.code === 0 : undefined;
}

function parseSocketAnswer(said: Said | undefined): VmFacts['listeners'] {
	return said?.code === 0 ? parseListeners(said.lines) : undefined;
}

function parseClock(text: string): number {
	return /^\d{1,12}$/.test(text) ? Number(text) : 0;
}
