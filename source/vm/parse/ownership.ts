import {plainText} from '../plain-text.ts';

/** A directory's or file's permissions: octal digits, owner and group by name; all empty when it is not there. */
export type Ownership = {readonly mode: string; readonly owner: string; readonly group: string};

/** Reads `stat -c '%a %U %G'`, e.g. `775 istio-proxy istio-proxy`. */
export function parseOwnership(text: string): Ownership {
	const match = /^([0-7]{3,4}) (\S+) (\S+)$/.exec(text.trim());
	return {
		mode: match?.[1] ?? '',
		owner: plainText(match?.[2] ?? '', 64),
		group: plainText(match?.[3] ?? '', 64),
	};
}

/** True when the permission bits are these; set-group-id and sticky bits are left aside. */
export function hasMode(ownership: Ownership, mode: string): boolean {
	return ownership.mode.slice(-3) === mode;
}
