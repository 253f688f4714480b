import {createServer} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';

/** An abstract socket: the kernel frees the name when its process ends, however it ends. */
const name = '\0mesh-lab-tests';

/** The lab is one for the whole machine: a second run of its tests waits for the first to end. */
export default async function setup(): Promise<() => void> {
	for (let said = false; ; await sleep(1000)) {
		const server = createServer();
		const isOurs = await new Promise<boolean>((resolve, reject) => {
			server.once('listening', () => resolve(true));
			server.once('error', (error: NodeJS.ErrnoException) =>
				error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
			);
			server.listen(name);
		});
		if (isOurs) return () => server.close();
		if (!said) console.log('Other tests use the lab: waiting for them to end…');
		said = true;
	}
}
