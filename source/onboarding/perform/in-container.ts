import type {Cluster} from '../../ports.ts';

/** A container of a pod. */
export type Place = {readonly namespace: string; readonly name: string; readonly container: string};

/**
 * Runs a script in a container (`podCommand`): all that it said, or undefined where there is no shell. Rejects where it may not be run, or did not run to
 * its end.
 */
export async function runInContainer(
	cluster: Pick<Cluster, 'podExec'>,
	place: Place,
	command: readonly string[],
	options: Parameters<Cluster['podExec']>[2],
): Promise<string | undefined> {
	const {code, stdout, stderr, fault} = await cluster.podExec(place, command, options);
	if (isWithoutShell(code, fault)) return undefined;
	if (fault !== undefined) throw new Error(`the command in it was not run to its end: ${fault}`);
	return stdout + stderr;
}

/** In the words of runc and crun, or by the exit code that a shell would have for it, which some kubelets hand on. */
function isWithoutShell(code: number, fault = ''): boolean {
	return code === 126 || code === 127 || /executable file not found|no such file or directory/i.test(fault);
}
