import {request} from 'node:https';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openSandbox} from './open-sandbox.ts';

const entries = '/apis/networking.istio.io/v1/workloadentries';
const inBookinfo = '/apis/networking.istio.io/v1/namespaces/bookinfo/workloadentries';

describe('the API server of the sandbox', () => {
	let sandbox: Awaited<ReturnType<typeof openSandbox>>;
	beforeAll(async () => {
		sandbox = await openSandbox();
	});
	afterAll(() => sandbox?.close());

	const create = (name: string, labels = {}) =>
		sandbox.api(inBookinfo, {
			method: 'POST',
			body: {
				apiVersion: 'networking.istio.io/v1',
				kind: 'WorkloadEntry',
				metadata: {name, labels},
				spec: {address: '10.128.0.77'},
			},
		});
	const remove = (name: string) => sandbox.api(`${inBookinfo}/${name}`, {method: 'DELETE'});

	/** Events of a watch, until `enough` of them came or the server ended it. */
	const watch = (query: string, enough: number, during: () => Promise<unknown> = async () => undefined) =>
		new Promise<
			ReadonlyArray<{
				type: string;
				object: {kind: string; code?: number; metadata: {name?: string; resourceVersion?: string}};
			}>
		>((resolve, reject) => {
			const call = request(
				new URL(`${entries}?watch=1&${query}`, sandbox.access.server),
				{ca: sandbox.access.ca, agent: false, headers: {authorization: `Bearer ${sandbox.access.token}`}},
				(response) => {
					let text = '';
					const events = () =>
						text
							.split('\n')
							.filter(Boolean)
							.map((line) => JSON.parse(line));
					response.on('data', (chunk: Buffer) => {
						text += chunk.toString();
						if (text.split('\n').length - 1 >= enough) call.destroy();
					});
					response.on('close', () => resolve(events()));
					response.on('error', () => undefined);
					during().catch(reject);
				},
			);
			call.on('error', () => undefined);
			call.end();
		});

	it('turns away who has no token, or a wrong one', async () => {
		for (const token of ['', 'wrong']) {
			const {status, body} = await sandbox.api('/version', {token});
			expect(status).toBe(401);
			expect(JSON.parse(body)).toMatchObject({kind: 'Status', reason: 'Unauthorized', code: 401});
		}
	});

	it('lists in pages that together are the whole list', async () => {
		const whole = await sandbox.get(entries);
		const names: string[] = [];
		let token = '';
		do {
			const page = await sandbox.get(`${entries}?limit=1&continue=${token}`);
			expect(page.items).toHaveLength(1);
			names.push(page.items[0].metadata.name);
			token = page.metadata.continue ?? '';
		} while (token !== '');
		expect(names).toEqual(whole.items.map(({metadata}: {metadata: {name: string}}) => metadata.name));
		expect((await sandbox.get(`${entries}?limit=1&resourceVersion=0`)).items).toHaveLength(names.length);
	});

	it('serves every version of a kind from one object', async () => {
		for (const version of ['v1', 'v1beta1', 'v1alpha3']) {
			const entry = await sandbox.get(
				`/apis/networking.istio.io/${version}/namespaces/bookinfo/workloadentries/ratings-vm`,
			);
			expect(entry).toMatchObject({
				apiVersion: `networking.istio.io/${version}`,
				kind: 'WorkloadEntry',
				spec: {address: '10.128.0.2'},
			});
		}
		expect((await sandbox.api('/apis/networking.istio.io/v2/workloadentries')).status).toBe(404);
	});

	it('resumes a watch where a list ended, without a gap', async () => {
		const {metadata} = await sandbox.get(entries);
		await create('between');
		const events = await watch(`resourceVersion=${metadata.resourceVersion}`, 2, () => remove('between'));
		expect(events.map(({type, object}) => [type, object.metadata.name])).toEqual([
			['ADDED', 'between'],
			['DELETED', 'between'],
		]);
	});

	it('tells a watch with a selector what left its view', async () => {
		const {metadata} = await sandbox.get(entries);
		await create('painted', {colour: 'red'});
		const paint = () =>
			sandbox.api(`${inBookinfo}/painted`, {
				method: 'PATCH',
				body: {metadata: {labels: {colour: 'blue'}}},
				headers: {'content-type': 'application/merge-patch+json'},
			});
		const events = await watch(`labelSelector=colour%3Dred&resourceVersion=${metadata.resourceVersion}`, 2, paint);
		expect(events.map(({type}) => type)).toEqual(['ADDED', 'DELETED']);
		await remove('painted');
	});

	it('ends a watch from too long ago with 410, and a short one at its time', async () => {
		const [old] = await watch('resourceVersion=1', 1);
		expect(old).toMatchObject({type: 'ERROR', object: {kind: 'Status', code: 410}});
		const {metadata} = await sandbox.get(entries);
		expect(await watch(`resourceVersion=${metadata.resourceVersion}&timeoutSeconds=1`, 1)).toEqual([]);
	});

	it('sends the beginning of a streamed list, then the bookmark that ends it', async () => {
		const events = await watch('sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan', 5);
		expect(events.map(({type}) => type)).toEqual(['ADDED', 'ADDED', 'ADDED', 'ADDED', 'BOOKMARK']);
	});

	it('refuses a write upon an older version, and a patch that it does not know', async () => {
		await create('contested');
		const seen = await sandbox.get(`${inBookinfo}/contested`);
		expect(
			(await sandbox.api(`${inBookinfo}/contested`, {method: 'PUT', body: {...seen, spec: {address: '10.0.0.1'}}}))
				.status,
		).toBe(200);
		const late = await sandbox.api(`${inBookinfo}/contested`, {method: 'PUT', body: seen});
		expect(JSON.parse(late.body)).toMatchObject({code: 409, reason: 'Conflict'});
		const strange = await sandbox.api(`${inBookinfo}/contested`, {
			method: 'PATCH',
			body: {},
			headers: {'content-type': 'application/strategic-merge-patch+json'},
		});
		expect(strange.status).toBe(415);
		await remove('contested');
	});

	it('issues tokens with the asked audience and life', async () => {
		const wish = {
			apiVersion: 'authentication.k8s.io/v1',
			kind: 'TokenRequest',
			spec: {audiences: ['istio-ca'], expirationSeconds: 86_400},
		};
		const answer = await sandbox.api('/api/v1/namespaces/payments/serviceaccounts/ledger/token', {
			method: 'POST',
			body: wish,
		});
		expect(answer.status).toBe(201);
		const {token, expirationTimestamp} = JSON.parse(answer.body).status;
		const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
		expect(claims).toMatchObject({
			aud: ['istio-ca'],
			sub: 'system:serviceaccount:payments:ledger',
			exp: Date.parse(expirationTimestamp) / 1000,
		});
		expect(claims.exp - claims.iat).toBe(86_400);
	});

	it('explains bad names, unknown namespaces and selectors that are none', async () => {
		const status = async (answer: Promise<{body: string}>) => JSON.parse((await answer).body);
		expect(await status(create('Not_A_Name'))).toMatchObject({code: 422, reason: 'Invalid'});
		expect(
			await status(
				sandbox.api('/api/v1/namespaces/nowhere/configmaps', {method: 'POST', body: {metadata: {name: 'a'}}}),
			),
		).toMatchObject({code: 404, message: 'namespaces "nowhere" not found'});
		expect(await status(sandbox.api(`${entries}?labelSelector=a%20b`))).toMatchObject({code: 400});
		expect(await status(sandbox.api(`${inBookinfo}/none`))).toMatchObject({
			code: 404,
			message: 'workloadentries.networking.istio.io "none" not found',
		});
		const short = {
			apiVersion: 'authentication.k8s.io/v1',
			kind: 'TokenRequest',
			spec: {audiences: ['istio-ca'], expirationSeconds: 60},
		};
		expect(
			await status(
				sandbox.api('/api/v1/namespaces/payments/serviceaccounts/ledger/token', {method: 'POST', body: short}),
			),
		).toMatchObject({code: 422});
		expect(
			await status(
				sandbox.api('/api/v1/namespaces/payments/serviceaccounts/none/token', {method: 'POST', body: short}),
			),
		).toMatchObject({code: 404});
	});
});
