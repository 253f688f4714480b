import {isDeepStrictEqual} from 'node:util';
import type {Target} from '../../mesh/target.ts';
import type {Connector, Prompts, RemoteHost, SshDestination} from '../../ports.ts';

/** The two connections to one VM, opened when first needed and again when they were lost. */
export type Hosts = {
	connect(as: 'admin' | 'user', target: Target, signal: AbortSignal): Promise<RemoteHost>;
	/** Forgets a connection, or a failed attempt, so that the next use opens a new one (new groups, after a loss); closed at the end where it is to be kept. */
	drop(as: 'admin' | 'user'): void;
	close(): void;
};

/** Where to connect for a target, as the proxy's user or as the admin account. */
export function destinationOf(target: Target, as: 'admin' | 'user'): SshDestination {
	const {host, port, user, key, password, jump, hostKeys, knownHosts} = target.ssh;
	const account = as === 'admin' ? target.adminUser.value : user.value;
	return {
		host: host.value,
		hostKeys: hostKeys.value,
		...(port.value === undefined ? {} : {port: port.value}),
		...(account === undefined ? {} : {user: account}),
		...(key.value === undefined ? {} : {key: key.value}),
		...(password.value ? {password: true} : {}),
		...(jump.value === undefined ? {} : {jump: jump.value}),
		...(knownHosts.value === undefined ? {} : {knownHosts: knownHosts.value}),
	};
}

/** `keeps`: a connection that is to stay open though nobody uses it any more. */
export function createHosts(
	connector: Connector,
	prompts: Prompts,
	keeps: (host: RemoteHost) => boolean = () => false,
): Hosts {
	const kept = new Set<RemoteHost>();
	const open = new Map<'admin' | 'user', {readonly to: SshDestination; readonly host: Promise<RemoteHost>}>();
	const drop = (as: 'admin' | 'user') => {
		void open.get(as)?.host.then(
			(host) => {
				if (keeps(host)) kept.add(host);
				else host.close();
			},
			() => undefined,
		);
		open.delete(as);
	};
	return {
		drop,
		connect(as, target, signal) {
			const to = destinationOf(target, as);
			const known = open.get(as);
			if (known !== undefined && isDeepStrictEqual(known.to, to)) return known.host;
			// A step may have found that the VM is reached otherwise.
			drop(as);
			const connecting = connector.connect(to, {
				prompts,
				signal,
				connectTimeoutSeconds: target.ssh.connectSeconds.value,
			});
			open.set(as, {to, host: connecting});
			const forget = () => {
				if (open.get(as)?.host === connecting) open.delete(as);
			};
			// What could not be opened is not tried again by the next step: a VM that does not answer costs its time once.
			connecting.then(
				(host) => host.closed.then(forget),
				() => undefined,
			);
			return connecting;
		},
		close() {
			drop('admin');
			drop('user');
			for (const host of kept) host.close();
		},
	};
}
