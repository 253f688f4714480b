/** Where all that arrives for a directory on a VM is kept until it is parted into files. */
export const arrivedName = '.meshboard';

/** Under this name a file is written beside its place, checked, then renamed. */
export function temporaryName(name: string): string {
	return `.${name}.meshboard`;
}
