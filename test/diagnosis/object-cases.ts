import {describe, expect, test} from 'vitest';
import type {Profile} from '../../source/ports.ts';
import {drafts, resolve} from '../helpers/mesh.ts';

export type Drafts = ReturnType<typeof drafts>;

/** A fault in a sound mesh, and the ids that it must give: one fault is one finding; where there are two, neither explains the other. */
export type Case = readonly [
	what: string,
	fault: (mesh: Drafts) => void,
	ids: readonly string[],
	evidence?: string,
	flags?: Profile,
];

export const entry = (mesh: Drafts) => mesh.edit('WorkloadEntry', 'ratings-vm');
export const annotate = (mesh: Drafts, key: string, value: string) => {
	entry(mesh).metadata.annotations = {...entry(mesh).metadata.annotations, [key]: value};
};
export const bootstrap = (name: string) => `sidecar-bootstrap.istio.io/${name}`;
export const service = (mesh: Drafts) => mesh.edit('Service', 'ratings')['spec'];
export const ingress = (mesh: Drafts) => mesh.edit('Sidecar', 'ratings-vm')['spec'].ingress[0];
export const gateway = (mesh: Drafts) => mesh.edit('Service', 'istio-eastwestgateway');
export const sidecar = (name: string, made: string, spec: string) =>
	`{apiVersion: networking.istio.io/v1, kind: Sidecar, metadata: {name: ${name}, namespace: bookinfo, creationTimestamp: '${made}'}, spec: ${spec}}`;
export const another = (name: string, namespace: string, spec: string) =>
	`{apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: {name: ${name}, namespace: ${namespace}}, spec: ${spec}}`;

/** Tests every case of an area, and that what it says can be followed: a target, evidence, a command with the names filled in. */
export function testCases(area: string, cases: readonly Case[]): void {
	describe(area, () => {
		test.for(cases)('%s', async ([, fault, ids, evidence, flags]) => {
			const mesh = drafts();
			fault(mesh);
			const {problems} = await resolve(mesh.objects(), undefined, flags);
			expect(problems.map(({id}) => id)).toEqual(ids);
			if (evidence !== undefined) expect(problems[0]?.evidence.map(({text}) => text).join('\n')).toContain(evidence);
			for (const problem of problems) {
				expect(problem.target).toMatch(/^[a-z]+\/.+/);
				expect(problem.evidence.length).toBeGreaterThan(0);
				expect(problem.remedy.command ?? '').not.toMatch(/<(we|ns|i|name|key|selector|hostname)>/);
			}
		});
	});
}
