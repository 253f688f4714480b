import {expect, it} from 'vitest';
import {collectAnswer} from '../../source/kubernetes/collect-answer.ts';

const mebibyte = Buffer.alloc(1 << 20, 'x');
/** Adds so many MiB, until no more is wanted; how much was taken, and what was said last. */
function fill(answer: ReturnType<typeof collectAnswer>, most: number) {
	for (let taken = 1; taken <= most; taken++) {
		const state = answer.add(mebibyte);
		if (state !== 'partial') return {taken, state};
	}
	return {taken: most, state: 'partial'};
}

it('is whole once all that was announced is there, in whatever pieces', () => {
	const answer = collectAnswer();
	const text = 'HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello';
	expect([...text].map((letter) => answer.add(Buffer.from(letter)))).toEqual([
		...Array.from({length: text.length - 1}, () => 'partial'),
		'whole',
	]);
	expect(answer.parse()).toEqual({status: 200, body: 'hello'});
});

it('of an istiod that does not come to an end no more is kept than fits', () => {
	const answer = collectAnswer();
	answer.add(Buffer.from('HTTP/1.0 200 OK\r\n\r\n'));
	expect(fill(answer, 1000)).toEqual({taken: 64, state: {wrong: 'the answer is larger than 64 MiB'}});
});

it('what has no head is given up early', () => {
	expect(fill(collectAnswer(), 1000)).toEqual({taken: 2, state: {wrong: 'what came is no HTTP'}});
});
