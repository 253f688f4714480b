import {splitHostPort} from './ip.ts';

/**
 * Where an engine pulls an image from: the part of its name before the first `/`, if that is a host (distribution/reference, splitDockerDomain),
 * else Docker's own registry.
 */
export function imageRegistry(image: string): {readonly host: string; readonly port: number} {
	const [first = '', ...rest] = image.split('/');
	const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
	const {host, port} = splitHostPort(isHost ? first : 'docker.io');
	return {host: host === 'docker.io' ? 'registry-1.docker.io' : host, port: port ?? 443};
}
