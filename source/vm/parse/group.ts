import {plainText} from '../plain-text.ts';

/** The members of a group by `getent group NAME` or its line in /etc/group; undefined when there is no such group. */
export function parseGroup(lines: readonly string[], name: string): readonly string[] | undefined {
	const fields = lines.map((line) => line.trim().split(':')).find((parts) => parts.length === 4 && parts[0] === name);
	return fields?.[3]
		?.split(',')
		.map((member) => plainText(member, 64))
		.filter((member) => member !== '');
}
