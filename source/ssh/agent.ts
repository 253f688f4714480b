import {connect} from 'node:net';
import {sanitise} from '../output/sanitise.ts';
import {sshStrings} from './key-blob.ts';

/** A public key that an agent holds. */
export type AgentKey = {readonly blob: Buffer; readonly comment: string};

const requestIdentities = Buffer.from([0, 0, 0, 1, 11]);
const identitiesAnswer = 12;

/**
 * The keys of an ssh-agent (draft-miller-ssh-agent §4.4), also of types that ssh2 passes over in silence (certificates,
 * hardware keys), so that they can be told about. Throws Error when the agent does not answer within 5 s.
 */
export function listAgentKeys(socketPath: string): Promise<AgentKey[]> {
	return new Promise((resolve, reject) => {
		const socket = connect(socketPath);
		let received = Buffer.alloc(0);
		const fail = (message: string) => {
			socket.destroy();
			reject(new Error(message));
		};
		socket.setTimeout(5000, () => fail('the agent does not answer'));
		socket.on('error', (error) => fail(error.message));
		socket.on('end', () => fail('the agent closed the connection'));
		socket.on('connect', () => socket.write(requestIdentities));
		socket.on('data', (chunk) => {
			received = Buffer.concat([received, chunk]);
			if (received.length < 4) return;
			const length = received.readUInt32BE(0);
			if (length > 1 << 20) return fail('the agent answers nonsense');
			if (received.length < 4 + length) return;
			if (length < 5 || received[4] !== identitiesAnswer) return fail('the agent refuses to list its keys');
			socket.destroy();
			const strings = sshStrings(received.subarray(9, 4 + length), 2 * received.readUInt32BE(5));
			const keys: AgentKey[] = [];
			for (let index = 0; index + 1 < strings.length; index += 2) {
				const blob = strings[index];
				if (blob) keys.push({blob, comment: sanitise(strings[index + 1]?.toString('utf8') ?? '')});
			}
			resolve(keys);
		});
	});
}
