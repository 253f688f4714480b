import {createHash} from 'node:crypto';
import type {MeshProxy} from '../../proxy/proxy.ts';

/** An image that was pulled. */
export type Image = {
	readonly reference: string;
	readonly id: string;
	readonly created: Date;
	readonly environment: readonly string[];
};

/** A container, with what it was made with and how it fares. */
export type Container = {
	readonly id: string;
	readonly name: string;
	readonly image: Image;
	readonly command: readonly string[];
	readonly environment: readonly string[];
	readonly binds: readonly string[];
	readonly extraHosts: readonly string[];
	readonly network: string;
	readonly restartPolicy: string;
	readonly user: string;
	readonly createdAt: Date;
	state: 'created' | 'running' | 'exited';
	exitCode: number;
	startedAt: Date | undefined;
	finishedAt: Date | undefined;
	restarts: number;
	readonly log: string[];
	proxy: MeshProxy | undefined;
};

/** Docker's engine on a machine. */
export type Engine = {readonly images: Map<string, Image>; readonly containers: Map<string, Container>};

const imageEnvironment = [
	'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
	'ISTIO_META_ISTIO_PROXY_SHA=istio-proxy:0b1f3ee5ff2b1d0c6f1c3ad9d6bd0b9ad0ec2d0f',
	'ISTIO_META_ISTIO_VERSION=1.28.0',
];

/** An image as the sandbox's registries hold it: its id depends on the reference alone. */
export function imageOf(reference: string): Image {
	return {
		reference,
		id: `sha256:${hash(reference)}`,
		created: new Date('2025-11-05T17:20:11Z'),
		environment: imageEnvironment,
	};
}

/** Only the mesh's proxy can be pulled, from any hub. */
export function registryHas(reference: string, version: string): boolean {
	return [`/proxyv2:${version}`, '/proxyv2:latest', `/proxyv2:${version}-distroless`].some((end) =>
		reference.endsWith(end),
	);
}

export function hash(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}
