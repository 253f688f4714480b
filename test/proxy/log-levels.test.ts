import {expect, it, test} from 'vitest';
import {levelWords, parseLogLevels, requestsFor} from '../../source/proxy/log-levels.ts';

const answer = 'active loggers:\n  admin: warning\n  config: warning\n  http2: debug\n  misc: error\n  pool: warning\n';

it('reads the levels, and says how to bring them back: the commonest for all, then the others', () => {
	const levels = parseLogLevels(answer) ?? {};
	expect(levels).toEqual({admin: 'warning', config: 'warning', http2: 'debug', misc: 'error', pool: 'warning'});
	expect(levelWords(levels)).toBe('warning (3 loggers), http2 debug, misc error');
	expect(requestsFor(levels)).toEqual(['logging?level=warning', 'logging?http2=debug', 'logging?misc=error']);
});

test.each(['', 'error: no such path', '<html>'])('%j holds no levels', (body) => {
	expect(parseLogLevels(body)).toBeUndefined();
});
