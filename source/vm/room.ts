import {readableSize} from '../output/readable-size.ts';
import {parseFreeSpace} from './parse/free-space.ts';
import {plainText} from './plain-text.ts';
import type {Said, Section} from './sections.ts';

/** A place of a VM where preparation writes. */
export type Place = 'system' | 'data' | 'settings' | 'temporary' | 'homes' | 'directory';

/** What there is of it; undefined where nothing tells. */
export type Room = {
	readonly place: Place;
	readonly path: string;
	readonly writable: boolean;
	readonly freeKib: number | undefined;
	readonly freeInodes: number | undefined;
};

/**
 * Asks, as root, for room where it is needed. access(2) refuses root only what lies on a file system that is mounted read-only. Uses `$near` and `$home`
 * of the probe.
 */
export const roomSection: Section = {
	name: 'room',
	commands: [
		// What is on the same file system has the same room.
		'room() {',
		'if [ -w "$2" ]; then echo "$1 yes $2"; else echo "$1 no $2"; fi',
		'own=$(stat -c %d "$2"); if [ "$own" != "$disk" ]; then disk=$own kib=$(df -Pk "$2" 2>/dev/null) inodes=$(df -Pi "$2" 2>/dev/null); fi',
		`printf '%s\\n' "\${kib##*"$nl"}" "\${inodes##*"$nl"}"; }`,
		'disk=; room system /usr; room data /var; room settings /etc; room directory "$near"',
		`homes=/home; if [ -n "$home" ]; then homes=\${home%/*}; fi; if [ -d "$homes" ]; then room homes "$homes"; fi`,
		// A disk of its own is what a VM often has for images and containers.
		'for place in /var/lib/docker /var/lib/containers; do',
		'if [ -d "$place" ] && [ "$(stat -c %d "$place")" != "$(stat -c %d /var)" ]; then room data "$place"; fi; done',
		'room temporary /tmp',
	].join('\n'),
};

/** Three lines for each place: the first of our own, then df's of KiB and of inodes, where it said something. */
export function parseRoom(said: Said | undefined): readonly Room[] {
	const rooms: Room[] = [];
	let free: number[] = [];
	for (const line of said?.lines ?? []) {
		const [, place, writable, path = ''] =
			/^(system|data|settings|temporary|homes|directory) (yes|no) (\/.*)$/.exec(line) ?? [];
		const amount = parseFreeSpace([line]);
		if (place !== undefined) {
			free = [];
			rooms.push({
				place: place as Place,
				path: plainText(path, 120),
				writable: writable === 'yes',
				freeKib: undefined,
				freeInodes: undefined,
			});
		} else if (amount !== undefined) {
			free.push(amount);
			const room = rooms.pop();
			if (room !== undefined) rooms.push({...room, freeKib: free[0], freeInodes: free[1]});
		}
	}
	return rooms;
}

/** What is lacking of the KiB that are needed at each place, in words; undefined where nothing is known to be. */
export function lackOfRoom(
	rooms: readonly Room[],
	needed: Partial<Readonly<Record<Place, number>>>,
): string | undefined {
	const lacks = rooms.flatMap(({place, path, writable, freeKib, freeInodes}) => {
		const kib = needed[place];
		if (kib === undefined) return [];
		if (!writable) return [`${path} is mounted read-only`];
		if (freeKib !== undefined && freeKib < kib)
			return [`${readableSize(freeKib)} free in ${path}, of ${readableSize(kib)} needed`];
		return freeInodes === 0 ? [`no free inode in ${path}`] : [];
	});
	return lacks.length === 0 ? undefined : [...new Set(lacks)].join('; ');
}
