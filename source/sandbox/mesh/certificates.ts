import {createHash, generateKeyPairSync, type KeyObject, randomBytes, sign} from 'node:crypto';
import {isIP} from 'node:net';
import {bits, boolean, element, integer, octets, oid, sequence, set, utcTime, utf8} from './der.ts';

/** A certificate with its private key, both as PEM. */
export type KeyPair = {readonly certificate: string; readonly key: string};

/** A certificate authority made for this sandbox: ECDSA on P-256, X.509 version 3 (RFC 5280). */
export type Authority = {
	/** PEM of its own certificate. */
	readonly certificate: string;
	/** A leaf for servers; names are DNS names or IP addresses. Valid for a day, as istiod's own. */
	issue(commonName: string, names: readonly string[]): KeyPair;
};

type Name = {readonly organisation?: string; readonly commonName?: string};
type Issuer = {readonly name: Name; readonly key: KeyObject; readonly keyId: Buffer};

const day = 86_400_000;
const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));

/** Makes an authority that is valid for ten years, beginning an hour ago so that a clock that is behind does no harm. */
export function createAuthority(name: Name): Authority {
	const {publicKey, privateKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'});
	const spki = publicKey.export({type: 'spki', format: 'der'});
	const self: Issuer = {name, key: privateKey, keyId: keyIdOf(spki)};
	const certificate = certify(self, {
		name,
		spki,
		days: 3650,
		extensions: [
			extension('2.5.29.19', sequence(boolean(true)), true),
			// keyCertSign, cRLSign
			extension('2.5.29.15', bits(Buffer.from([0x06]), 1), true),
		],
	});
	return {
		certificate,
		issue(commonName, names) {
			const pair = generateKeyPairSync('ec', {namedCurve: 'P-256'});
			const leaf = certify(self, {
				name: {commonName},
				spki: pair.publicKey.export({type: 'spki', format: 'der'}),
				days: 1,
				extensions: [
					extension('2.5.29.19', sequence(), true),
					// digitalSignature
					extension('2.5.29.15', bits(Buffer.from([0x80]), 7), true),
					// serverAuth
					extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'))),
					extension('2.5.29.17', sequence(...names.map(alternativeName))),
				],
			});
			return {certificate: leaf, key: pair.privateKey.export({type: 'pkcs8', format: 'pem'}).toString()};
		},
	};
}

function certify(
	issuer: Issuer,
	subject: {readonly name: Name; readonly spki: Buffer; readonly days: number; readonly extensions: readonly Buffer[]},
): string {
	const now = Date.now();
	const serial = randomBytes(16);
	// Positive and of full length.
	serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
	const version3 = element(0xa0, integer(Buffer.from([2])));
	const keys = [
		extension('2.5.29.14', octets(keyIdOf(subject.spki))),
		extension('2.5.29.35', sequence(element(0x80, issuer.keyId))),
	];
	const body = sequence(
		version3,
		integer(serial),
		ecdsaWithSha256,
		distinguishedName(issuer.name),
		sequence(utcTime(new Date(now - day / 24)), utcTime(new Date(now + subject.days * day))),
		distinguishedName(subject.name),
		subject.spki,
		element(0xa3, sequence(...subject.extensions, ...keys)),
	);
	const whole = sequence(body, ecdsaWithSha256, bits(sign('sha256', body, issuer.key)));
	const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
	return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function extension(id: string, value: Buffer, critical = false): Buffer {
	return sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value));
}

function distinguishedName({organisation, commonName}: Name): Buffer {
	const attribute = (id: string, value: string | undefined) =>
		value === undefined ? [] : [set(sequence(oid(id), utf8(value)))];
	return sequence(...attribute('2.5.4.10', organisation), ...attribute('2.5.4.3', commonName));
}

function alternativeName(name: string): Buffer {
	return isIP(name) === 4 ? element(0x87, Buffer.from(name.split('.').map(Number))) : element(0x82, Buffer.from(name));
}

function keyIdOf(spki: Buffer): Buffer {
	return createHash('sha1').update(spki).digest();
}
