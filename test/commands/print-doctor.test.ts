import {expect, test} from 'vitest';
import {printCauses, printNews} from '../../source/commands/print-doctor.ts';
import {finding} from '../../source/diagnosis/catalogue.ts';
import type {Finding} from '../../source/diagnosis/finding.ts';

const names = Array.from({length: 20}, (_, index) => `vm-${index}.shop`);
const told = (print: (output: {write(text: string): void}) => void) => {
	const lines: string[] = [];
	print({write: (text) => void lines.push(text)});
	return lines.join('');
};
const rootOf = (name: string): Finding =>
	finding('identity.root-mismatch', {
		target: `vm/${name}`,
		evidence: [{source: 'root-cert.pem', text: 'sum 1f2e'}],
		values: {we: name, ns: 'shop'},
	});

test('twenty VMs with one root are one finding with twenty targets', () => {
	const results = names.map((target) => ({target, findings: [rootOf(target)], checks: []}));
	const text = told((output) => printCauses(results, output));
	expect(text.match(/^error /gm)).toHaveLength(1);
	expect(text).toMatch(/^error identity\.root-mismatch: .* \(20 VMs\)$/m);
	expect(text).toContain(`  ${names.join(', ')}\n`);
	expect(text.match(/sum 1f2e/g), 'the evidence of one').toHaveLength(1);
});

test('where their sentences differ, each has its own below the first', () => {
	const results = names.map((target, index) => ({
		target,
		findings: [{...rootOf(target), summary: `Root number ${index}.`}],
		checks: [],
	}));
	const text = told((output) => printCauses(results, output));
	expect(text).toMatch(/^error identity\.root-mismatch: Root number 0\. \(vm-0\.shop, 19 more\)$/m);
	expect(text.match(/^ {2}also vm-\d+\.shop: Root number \d+\.$/gm)).toHaveLength(19);
});

test('of a watched VM: what comes with its evidence, what goes by its id, and how it stands then', () => {
	const found = rootOf('vm-0.shop');
	const examined = {target: 'vm-0.shop', findings: [], checks: []};
	const at = {time: '2026-11-27T12:00:00Z', target: 'vm-0.shop'};
	const line = (event: Parameters<typeof printNews>[0]) =>
		told((output) => printNews(event, examined, output)).replaceAll(/^\d\d:\d\d:\d\d /gm, '');
	expect(line({...at, event: 'finding', finding: found})).toMatch(
		/^vm-0\.shop: error identity\.root-mismatch: .*\nvm-0\.shop: {5}root-cert\.pem: sum 1f2e\nvm-0\.shop: {3}→ /,
	);
	expect(line({...at, event: 'withdrawn', finding: found})).toBe('vm-0.shop: identity.root-mismatch is gone\n');
	expect(line({...at, event: 'explained', finding: found, by: {id: 'token.expired', target: ''}})).toBe(
		'vm-0.shop: identity.root-mismatch follows from token.expired\n',
	);
	expect(line({...at, event: 'doctor.finished', healthy: true, seconds: 1})).toBe('vm-0.shop: nothing found\n');
});
