import {resolve} from 'node:path';
import {readImageFile} from '../compose.ts';

export type ImageFlags = {image?: string};

/** What `--image` adds to a wish; what is no file with an image is told before anything is read. Throws UserError `usage`, `bad-data`. */
export async function imageWish({image}: ImageFlags): Promise<{readonly image?: string}> {
	if (image === undefined) return {};
	const path = resolve(image);
	await readImageFile(path);
	return {image: path};
}
