import {readFile, rename, rm, writeFile} from 'node:fs/promises';
import {resolve} from 'node:path';
import process from 'node:process';
import {exitCodes, UserError} from '../errors.ts';
import type {KubernetesObject} from '../mesh/kubernetes-object.ts';
import {toYaml} from '../mesh/yaml.ts';

/** What became of the file; `exists`: it holds something else, and nothing was done. */
export type Written = {readonly path: string; readonly outcome: 'written' | 'replaced' | 'unchanged' | 'exists'};

/** Writes an object to `<kind>-<namespace>-<name>.yaml` in the working directory, whole or not at all. Throws UserError `save`. */
export async function writeObject(object: KubernetesObject, replace: boolean): Promise<Written> {
	const {kind = '', metadata} = object;
	const words = [kind.toLowerCase(), metadata.namespace ?? '', metadata.name].filter((word) => word !== '');
	const path = resolve(
		`${words
			.join('-')
			.replaceAll(/[^A-Za-z0-9._-]+/g, '-')
			.slice(0, 200)}.yaml`,
	);
	const text = toYaml(object);
	const part = `${path}.${process.pid}.part`;
	try {
		const before = await contentOf(path);
		if (before === text) return {path, outcome: 'unchanged'};
		if (before !== undefined && !replace) return {path, outcome: 'exists'};
		await writeFile(part, text, {flag: 'wx'});
		await rename(part, path);
		return {path, outcome: before === undefined ? 'written' : 'replaced'};
	} catch (error) {
		await rm(part, {force: true}).catch(() => {});
		throw new UserError({
			code: 'save',
			message: `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
			hint: 'Start meshboard in a directory that you may write to.',
			exitCode: exitCodes.someFailed,
			cause: error,
		});
	}
}

async function contentOf(path: string): Promise<string | undefined> {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
		throw error;
	}
}
