import {isIp} from '../mesh/ip.ts';
import {isDnsName} from '../mesh/kubernetes-names.ts';
import {rewriteHosts} from './package-commands.ts';
import {quote} from './quote.ts';

/** Marks the lines of ours in `/etc/hosts` that lead names of the mesh to the proxy. */
const mark = '# meshboard: a name of the mesh, to the proxy';

/**
 * The `sh -c …` (for sudo) that leads names of the mesh to the addresses on which the proxy offers them. Ours stand before all others,
 * since the first line with a name counts; those of before go. What is no name and address is left out.
 */
export function writeMeshHosts(names: ReadonlyArray<{readonly name: string; readonly bind: string}>): string {
	const lines = names
		.filter(({name, bind}) => isDnsName(name) && isIp(bind))
		.map(({name, bind}) => quote(`${bind} ${name} ${mark}`));
	const put = lines.length === 0 ? '' : `printf '%s\\n' ${lines.join(' ')}; `;
	return rewriteHosts([
		`mark=${quote(mark)}; new=/etc/.hosts.meshboard`,
		`{ ${put}awk -v mark="$mark" 'index($0, mark) {next} {print}' /etc/hosts; } >$new || exit 1`,
	]);
}
