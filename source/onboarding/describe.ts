import {joinHostPort} from '../mesh/ip.ts';
import type {Target} from '../mesh/target.ts';
import {toYaml} from '../mesh/yaml.ts';
import {readableSeconds} from '../output/readable-seconds.ts';
import {sanitise} from '../output/sanitise.ts';
import type {Resource} from '../ports.ts';
import type {Action, FileToWrite, Place, Write} from './action.ts';
import {probeImage, probeSeconds} from './probe-pod.ts';

/**
 * An action as a dry run, the command log and the plan show it: a command exactly as it is run, a call in the field's words.
 * A token is never shown: `[redacted]`, with its audience, lifetime and subject. Clean text, in lines.
 */
export function describeAction(action: Action, target: Target): string {
	return textOf(action, target).split('\n').map(sanitise).join('\n');
}

function textOf(action: Action, target: Target): string {
	switch (action.kind) {
		case 'exec':
			return action.sudo === true ? `sudo ${action.command}` : action.command;
		case 'write':
			return filesOf(action, target);
		case 'place':
			return placesOf(action, target);
		case 'upload':
			return `copy ${action.from} of this machine to ${action.to}, as root`;
		case 'feed':
			return `${action.command} < ${action.from} of this machine`;
		case 'read-image':
			return `read what ${action.from} of this machine holds`;
		case 'dial': {
			const tls = action.tls === undefined ? '' : `, TLS as ${action.tls.serverName}`;
			return `connect from the VM to ${joinHostPort(action.host, action.port)}${tls}`;
		}
		case 'http':
			return `GET http://127.0.0.1:${action.port}${action.path} on the VM`;
		case 'issue-token': {
			const {namespace, serviceAccount} = target.entry;
			return `POST /api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token: ${tokenOf(target)}`;
		}
		case 'resolve':
			return `read WorkloadEntry ${target.entry.namespace}/${target.entry.name} and what belongs to it`;
		case 'list': {
			const {resource, namespace} = action;
			return `list ${resource.resource}${namespace === undefined ? '' : ` in namespace ${namespace}`}`;
		}
		case 'pod-request': {
			const address = joinHostPort(`${action.service}.${action.namespace}`, action.port);
			return `GET http://${address}${action.path} from a pod of the mesh`;
		}
		case 'pod-dial':
			return `connect from a pod of the mesh to ${joinHostPort(action.host, action.port)}`;
		case 'probe-pod': {
			const {namespace = '', name} = action.pod.metadata;
			return [
				`where no pod of the mesh can dial: POST /api/v1/namespaces/${namespace}/pods, ${name} of ${probeImage(action.pod)},`,
				`no privileges, no sidecar, ${probeSeconds} s at most; afterwards DELETE /api/v1/namespaces/${namespace}/pods/${name}`,
			].join(' ');
		}
		case 'istiod':
			return `GET ${action.path} on every istiod (port 15014)`;
		case 'istiod-log':
			return `read the newest ${action.lines} lines of istiod's log`;
		case 'remove-object': {
			const {resource, namespace, name} = action;
			return `DELETE ${pathOf(resource, namespace, name)}`;
		}
		case 'patch-object': {
			const {resource, namespace, name, diff} = action;
			return [`PATCH ${pathOf(resource, namespace, name)}`, ...diff].join('\n');
		}
		case 'apply-object': {
			const {resource, object} = action;
			const {namespace, name} = object.metadata;
			return `apply ${pathOf(resource, namespace, name)}:\n${toYaml(object).trimEnd()}`;
		}
		case 'wait':
			return `wait ${action.seconds} s: ${action.why}`;
	}
}

/** Where the API has an object, but for its version. */
function pathOf({group, resource}: Resource, namespace: string | undefined, name: string): string {
	const place = namespace === undefined ? '' : `namespaces/${namespace}/`;
	return `${group === '' ? '/api' : `/apis/${group}`}/${place}${resource}/${name}`;
}

function filesOf({directory, files}: Write, target: Target): string {
	return files
		.map((file) => {
			const mode = file.mode.toString(8).padStart(4, '0');
			return `write ${directory.replace(/\/+$/, '')}/${file.name}, mode ${mode}, ${contentOf(file, target)}`;
		})
		.join('\n');
}

function placesOf({directories, files}: Place, target: Target): string {
	const octal = (mode: number) => mode.toString(8).padStart(4, '0');
	return [
		...directories.map(({path, mode, owner}) => `directory ${path}, mode ${octal(mode)}, owner ${owner}`),
		...files.map(
			(file) => `write ${file.path}, mode ${octal(file.mode)}, owner ${file.owner}, ${contentOf(file, target)}`,
		),
	].join('\n');
}

function contentOf({content}: Pick<FileToWrite, 'content'>, target: Target): string {
	return typeof content === 'string' ? `${Buffer.byteLength(content)} bytes` : tokenOf(target);
}

function tokenOf({entry, tokenSeconds}: Target): string {
	const subject = `system:serviceaccount:${entry.namespace}:${entry.serviceAccount}`;
	return `token [redacted] (audience istio-ca, lifetime ${readableSeconds(tokenSeconds.value)}, subject ${subject})`;
}
