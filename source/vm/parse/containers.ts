import type {ContainerFacts} from '../facts.ts';
import {plainText} from '../plain-text.ts';

/**
 * What `docker inspect --format` is to say of each container, a line of JSON strings: name, image, state, restart policy,
 * network mode, then `POD_NAME=…` and `POD_NAMESPACE=…` of its environment, as far as it has them. The rest of the
 * environment, which may hold secrets, stays on the VM.
 */
export const containerFormat =
	'{{json .Name}} {{json .Config.Image}} {{json .State.Status}} {{json .HostConfig.RestartPolicy.Name}} {{json .HostConfig.NetworkMode}}' +
	'{{range .Config.Env}}{{$pair := split . "="}}{{if eq (index $pair 0) "POD_NAME" "POD_NAMESPACE"}} {{json .}}{{end}}{{end}}';

/** Reads lines in `containerFormat`; others (warnings of the client) are ignored. */
export function parseContainers(lines: readonly string[]): readonly ContainerFacts[] {
	return lines.flatMap((line) => {
		if (!/^\s*"/.test(line)) return [];
		const [name, image, state, restartPolicy, networkMode, ...environment] = strings(line);
		if (name === undefined || networkMode === undefined) return [];
		const variable = (key: string) =>
			environment.find((entry) => entry.startsWith(`${key}=`))?.slice(key.length + 1) ?? '';
		return [
			{
				name: name.replace(/^\//, ''),
				image: image ?? '',
				state: state ?? '',
				restartPolicy: restartPolicy ?? '',
				networkMode,
				podName: variable('POD_NAME'),
				podNamespace: variable('POD_NAMESPACE'),
			},
		];
	});
}

function strings(line: string): readonly string[] {
	return Array.from(line.matchAll(/"(?:[^"\\]|\\.)*"/g), ([quoted]) => {
		try {
			return plainText(String(JSON.parse(quoted)), 300);
		} catch {
			return '';
		}
	});
}
