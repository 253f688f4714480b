import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {stat} from 'node:fs/promises';
import {exitCodes, UserError} from '../errors.ts';
import type {LocalFile} from '../ports.ts';

/** A file of this machine, to be sent. Throws UserError `usage` (exit 64) when it cannot be read, or is none. */
export async function localFile(path: string): Promise<LocalFile> {
	const hash = createHash('sha256');
	try {
		const {size} = await stat(path);
		for await (const part of createReadStream(path)) hash.update(part as Uint8Array);
		return {bytes: size, sha256: hash.digest('hex'), read: () => createReadStream(path)};
	} catch (error) {
		throw new UserError({
			code: 'usage',
			message: `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
			hint: "Give the path of a file, as the package of Istio's release: …/deb/istio-sidecar.deb or …/rpm/istio-sidecar.rpm",
			exitCode: exitCodes.usage,
		});
	}
}
