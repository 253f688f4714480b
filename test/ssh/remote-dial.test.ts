import {describe, expect, it} from 'vitest';
import {dialFailure} from '../../source/ssh/remote-dial.ts';

describe('the reason why a host could not connect', () => {
	// sshd sends the error texts of the host's system (channels.c), dropbear its own (netio.c).
	it.each([
		['Connection refused', 2, 'refused'],
		['Error connecting: Connection refused', 2, 'refused'],
		['Connection timed out', 2, 'filtered'],
		['No route to host', 2, 'unreachable'],
		['Network is unreachable', 2, 'unreachable'],
		['Name or service not known', 2, 'unresolved'],
		['Temporary failure in name resolution', 2, 'unresolved'],
		['No address associated with hostname', 2, 'unresolved'],
		['open failed', 1, 'prohibited'],
		['administratively prohibited: open failed', 1, 'prohibited'],
		['', 2, 'unreachable'],
		['Unknown channel type', 3, 'unreachable'],
	])('%s (%i) is %s', (text, reason, failure) => {
		const error = Object.assign(new Error(`(SSH) Channel open failure: ${text}`), {reason});
		expect(dialFailure(error)).toEqual({failure, text});
	});

	it('is that the connection is lost when the server told none', () => {
		expect(dialFailure(new Error('No response from server'))).toEqual({
			failure: 'lost',
			text: 'No response from server',
		});
	});
});
