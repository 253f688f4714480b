import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {createRedactor} from '../../source/output/redact.ts';

const payload = Buffer.from('{"aud":["istio-ca"],"sub":"system:serviceaccount:bookinfo:ratings"}').toString(
	'base64url',
);
const token = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${payload}.c2lnbmF0dXJl`;
const key = [
	'-----BEGIN OPENSSH PRIVATE KEY-----',
	'b3BlbnNzaC1rZXk',
	'AAAAAmFhYWE=',
	'-----END OPENSSH PRIVATE KEY-----',
];

describe('secrets', () => {
	it('that were told are hidden everywhere', () => {
		const redactor = createRedactor();
		redactor.add('hunter22');
		expect(redactor.redact('user:hunter22@host hunter22')).toBe('user:[redacted]@host [redacted]');
		expect(redactor.lines()('sudo: hunter22')).toBe('sudo: [redacted]');
	});

	it('with a line end, as they are sent, are hidden without it too', () => {
		const redactor = createRedactor();
		redactor.add('hunter22\n');
		expect(redactor.redact('hunter22')).toBe('[redacted]');
	});

	it('that contain another are hidden whole', () => {
		const redactor = createRedactor();
		redactor.add('pass');
		redactor.add('password');
		expect(redactor.redact('password')).toBe('[redacted]');
	});

	it('of fewer than four characters are left: they turn up everywhere', () => {
		const redactor = createRedactor();
		redactor.add('a');
		redactor.add('');
		expect(redactor.redact('a banana')).toBe('a banana');
	});

	it('that look like a token are hidden without being told, also when cut off', () => {
		const {redact} = createRedactor();
		expect(redact(`Bearer ${token}, next`)).toBe('Bearer [redacted], next');
		expect(redact(`token=${token.slice(0, -20)}`)).toBe('token=[redacted]');
	});

	it('leave the payload of a token alone, which is none', () => {
		expect(createRedactor().redact(payload)).toBe(payload);
	});

	it('that are private keys are hidden in a text and line by line, and only they', () => {
		const redactor = createRedactor();
		expect(redactor.redact(['a', ...key, 'b'].join('\n'))).toBe('a\n[redacted]\nb');
		const redact = redactor.lines();
		expect(['a', ...key, 'b'].map(redact)).toEqual(['a', '[redacted]', '[redacted]', '[redacted]', '[redacted]', 'b']);
		expect(redact(`x ${key.join('')} y`)).toBe('x [redacted] y');
		expect(redactor.lines()('-----BEGIN CERTIFICATE-----')).toBe('-----BEGIN CERTIFICATE-----');
	});

	it('of one stream do not hide the lines of another', () => {
		const redactor = createRedactor();
		redactor.lines()(key[0] ?? '');
		expect(redactor.lines()('plain')).toBe('plain');
	});

	it('never stay, whatever surrounds them', () => {
		fc.assert(
			fc.property(fc.string(), fc.string(), fc.string({minLength: 4}), (before, after, secret) => {
				fc.pre(secret.trim().length >= 4 && !'[redacted]'.includes(secret.trim()));
				const redactor = createRedactor();
				redactor.add(secret);
				expect(redactor.redact(`${before}${secret}${after}`).replaceAll('[redacted]', '')).not.toContain(secret);
			}),
		);
	});
});
