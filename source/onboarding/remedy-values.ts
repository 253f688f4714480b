import type {Target} from '../mesh/target.ts';
import {quote} from '../vm/quote.ts';

/** What stands for the placeholders of a remedy (docs/findings.md, "Words"), quoted for the shell. */
export function remedyValues({
	entry,
	ssh,
	mesh,
	gateway,
	configDir,
	containerName,
	image,
}: Target): Readonly<Record<string, string>> {
	const known: Readonly<Record<string, string | undefined>> = {
		we: entry.name,
		ns: entry.namespace,
		sa: entry.serviceAccount,
		i: mesh?.istioNamespace ?? 'istio-system',
		gw: gateway?.address,
		dir: configDir.value,
		c: containerName.value,
		image: image.value,
		hub: image.value.includes('/') ? image.value.split('/')[0] : undefined,
		user: ssh.user.value,
		host: ssh.host.value,
		port: ssh.port.value?.toString(),
		key: ssh.key.value,
	};
	return Object.fromEntries(
		Object.entries(known).flatMap(([name, value]) =>
			value === undefined || value === '' ? [] : [[name, quote(value)]],
		),
	);
}
