import {X509Certificate} from 'node:crypto';
import {expect, it} from 'vitest';
import {createAuthority} from '../../source/sandbox/mesh/certificates.ts';

it('makes an authority whose leaves are valid now, for their names alone', () => {
	const authority = createAuthority({organisation: 'cluster.local'});
	const root = new X509Certificate(authority.certificate);
	expect(root.ca).toBe(true);
	expect(root.checkIssued(root)).toBe(true);
	const {certificate, key} = authority.issue('istiod', ['istiod.istio-system.svc', '127.0.0.1']);
	const leaf = new X509Certificate(certificate);
	expect(leaf.verify(root.publicKey)).toBe(true);
	expect(leaf.checkIssued(root)).toBe(true);
	expect(leaf.ca).toBe(false);
	expect(leaf.checkHost('istiod.istio-system.svc')).toBe('istiod.istio-system.svc');
	expect(leaf.checkHost('other.istio-system.svc')).toBeUndefined();
	expect(leaf.checkIP('127.0.0.1')).toBe('127.0.0.1');
	expect(Date.parse(leaf.validFrom)).toBeLessThan(Date.now());
	expect(Date.parse(leaf.validTo) - Date.now()).toBeGreaterThan(23 * 3_600_000);
	expect(key).toContain('PRIVATE KEY');
});
