import type {Target} from '../mesh/target.ts';
import {quote} from '../vm/quote.ts';
import {containerWords, type Word} from './container.ts';

/**
 * The script that starts the proxy on a VM onto which a bundle was unpacked, in the original's form (tetratelabs/istio,
 * istioctl/cmd/sidecar-bootstrap.go, writeBootstrapBundle): the removal of the former container may fail, the start may not.
 * It finds its files beside itself, so that a bundle works wherever it is unpacked. POSIX sh, and every word is quoted: annotations are data.
 */
export function startScript(target: Target): string {
	const command = containerWords(target).map(shellWord).join(' ');
	return `#!/bin/sh

SCRIPT_DIR=$( CDPATH='' cd -- "$(dirname -- "$0")" >/dev/null 2>&1 ; pwd -P )

BASE_DIR="\${SCRIPT_DIR}/.."

VM_FILES_DIR="\${BASE_DIR}/etc"

set +e
docker rm --force ${quote(target.containerName.value)}

set -e
${command}
`;
}

function shellWord(word: Word): string {
	return typeof word === 'string' ? quote(word) : `"\${VM_FILES_DIR}"${quote(word.file)}`;
}
