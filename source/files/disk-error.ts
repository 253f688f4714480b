import {exitCodes, UserError} from '../errors.ts';

const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const forbidden = new Set(['EACCES', 'EPERM', 'EROFS']);

/** A failure to write, as the user's situation. `nothing`: what is left of it, a sentence. */
export function diskError(path: string, error: unknown): UserError {
	if (error instanceof UserError) return error;
	const code = error instanceof Error && 'code' in error ? String(error.code) : '';
	const words = error instanceof Error ? error.message : String(error);
	const why = full.has(code)
		? 'there is no room left'
		: code === 'EROFS'
			? 'the file system is read-only'
			: forbidden.has(code)
				? 'you may not write there'
				: code === 'ENOTDIR' || code === 'EEXIST'
					? 'a part of the path is a file'
					: words;
	return new UserError({
		code: 'save',
		message: `${path} cannot be written: ${why}. Nothing of it was left behind.`,
		hint: full.has(code) ? 'Free some space, or choose another place.' : 'Choose another place.',
		exitCode: forbidden.has(code) ? exitCodes.notPermitted : exitCodes.someFailed,
		evidence: [{source: path, text: words}],
		cause: error,
	});
}
