import type {ServerResponse} from 'node:http';
import {setTimeout as sleep} from 'node:timers/promises';
import {describe, expect, it} from 'vitest';
import {
	entriesIn,
	entriesPath,
	entryList,
	entryObject,
	event,
	follow,
	json,
	openHttp,
	type Respond,
	refuse,
	type Seen,
	startFakeApi,
	writeKubeconfig,
} from '../helpers/fake-api.ts';

const soon = {timeout: 5000, interval: 10};
const isWatch = ({query}: Seen) => query.get('watch') === '1';

/** An API whose lists and watches are told one by one: the last of each goes on for ever. */
async function open(lists: readonly Respond[], watches: readonly Respond[] = [quiet]) {
	let [listed, watched] = [0, 0];
	const next = (script: readonly Respond[], n: number) => script[Math.min(n, script.length - 1)];
	const api = await startFakeApi((seen, response) => {
		const respond = isWatch(seen) ? next(watches, watched++) : next(lists, listed++);
		respond?.(seen, response);
	});
	const http = openHttp(writeKubeconfig(`http://127.0.0.1:${api.port}`));
	return {...api, http, watches: () => api.seen.filter(isWatch), lists: () => api.seen.filter((one) => !isWatch(one))};
}

/** A watch that stands and says nothing. */
function quiet(_: Seen, response: ServerResponse): void {
	response.writeHead(200).flushHeaders();
}

const list = (version: number, ...items: readonly object[]): Respond => {
	return (_, response) => json(response, 200, entryList(items, version));
};

const says =
	(...lines: readonly string[]): Respond =>
	(_, response) => {
		response.writeHead(200);
		for (const line of lines) response.write(line);
	};

const ends =
	(...lines: readonly string[]): Respond =>
	(_, response) =>
		void response.end(lines.join(''));

const names = (watch: ReturnType<typeof follow>) => [...watch.entries.keys()].sort();

describe('the list of entries', () => {
	it('paints the first page at once, then takes the whole list from the cache of the server', async () => {
		const all = Array.from({length: 250}, (_, n) => entryObject(`vm-${n}`, n));
		const whole = Promise.withResolvers<void>();
		const {http, lists, watches} = await open([
			(_, response) => json(response, 200, entryList(all.slice(0, 100), 300, 'more')),
			(_, response) => void whole.promise.then(() => json(response, 200, entryList(all, 299))),
		]);
		const watch = follow(http);
		await expect.poll(() => watch.entries.size, soon).toBe(100);
		expect(watch.updates.at(-1)).toMatchObject({state: {kind: 'connecting'}, complete: false});
		whole.resolve();
		await expect.poll(watch.state, soon).toBe('live');
		expect(watch.updates.at(-1)?.complete).toBe(true);
		expect(watch.entries.size).toBe(250);
		expect(lists().map(({query}) => query.toString())).toEqual(['limit=100', 'resourceVersion=0']);
		expect(watches()[0]?.query.get('resourceVersion')).toBe('299');
		// What the first page told is not told again.
		expect(watch.updates.flatMap(({upserted}) => upserted)).toHaveLength(250);
	});

	it('asks once when the first page is all', async () => {
		const {http, lists} = await open([list(7, entryObject('a', 1))]);
		const watch = follow(http);
		await expect.poll(watch.state, soon).toBe('live');
		expect(lists()).toHaveLength(1);
		expect(watch.entries.get('bookinfo/a')).toMatchObject({address: '10.128.0.2'});
		expect(JSON.stringify(watch.updates)).not.toContain('managedFields');
	});

	it('tries again after an answer that is cut off, and after one that is no list', async () => {
		const {http} = await open([
			(_, response) => {
				response.writeHead(200).write(JSON.stringify(entryList([entryObject('a', 1)], 5)).slice(0, 80));
				setTimeout(() => response.destroy(), 20);
			},
			ends('<html>Please log in</html>'),
			list(5, entryObject('a', 1)),
		]);
		const watch = follow(http);
		await expect.poll(watch.state, soon).toBe('live');
		const reasons = watch.updates.flatMap(({state}) => ('reason' in state ? [state.reason] : []));
		expect(reasons[0]).toMatch(/^The connection to the API server .* was cut/);
		expect(reasons.at(-1)).toMatch(/does not speak like a Kubernetes API server/);
		expect(names(watch)).toEqual(['bookinfo/a']);
	});

	it('says that Istio is missing, and goes on when it comes', async () => {
		const {http} = await open([(_, response) => refuse(response, 404, 'not found'), list(5)]);
		const watch = follow(http);
		await expect.poll(() => watch.updates.length, soon).toBeGreaterThan(0);
		expect(watch.state()).toMatch(/^stale: The cluster has no WorkloadEntry kind/);
		expect(watch.updates[0]?.state).toMatchObject({error: {code: 'cluster.istio-missing', exitCode: 78}});
		await expect.poll(watch.state, soon).toBe('live');
	});
});

describe('the watch of entries', () => {
	it('tells what is added, changed and deleted, and goes on from the last bookmark', async () => {
		const {http, watches} = await open(
			[list(5, entryObject('a', 1), entryObject('b', 2))],
			[
				ends(
					event('ADDED', entryObject('c', 6)),
					event('MODIFIED', entryObject('a', 7, 'bookinfo', '10.128.0.9')),
					event('DELETED', entryObject('b', 8)),
					event('BOOKMARK', {kind: 'WorkloadEntry', metadata: {resourceVersion: '90'}}),
				),
				quiet,
			],
		);
		const watch = follow(http);
		await expect.poll(() => watches().map(({query}) => query.get('resourceVersion')), soon).toEqual(['5', '90']);
		await expect.poll(() => names(watch), soon).toEqual(['bookinfo/a', 'bookinfo/c']);
		expect(watch.entries.get('bookinfo/a')?.address).toBe('10.128.0.9');
		expect(watches()[0]?.query.get('allowWatchBookmarks')).toBe('true');
		const seconds = Number(watches()[0]?.query.get('timeoutSeconds'));
		expect(seconds).toBeGreaterThanOrEqual(240);
		expect(seconds).toBeLessThanOrEqual(300);
	});

	it.each<[string, Respond]>([
		['the status', (_, response) => refuse(response, 410, 'too old resource version')],
		['an event', ends(event('ERROR', {kind: 'Status', code: 410, message: 'too old resource version: 5 (90)'}))],
	])('lists again after 410 in %s, and tells the difference alone', async (_, gone) => {
		const {http, lists, watches} = await open(
			[
				list(5, entryObject('same', 1), entryObject('changed', 2), entryObject('gone', 3)),
				list(90, entryObject('same', 1), entryObject('changed', 80), entryObject('new', 81)),
			],
			[gone, quiet],
		);
		const watch = follow(http);
		await expect.poll(() => watches().length, soon).toBe(2);
		await expect.poll(() => names(watch), soon).toEqual(['bookinfo/changed', 'bookinfo/new', 'bookinfo/same']);
		const told = watch.updates.flatMap(({upserted}) => upserted).filter(({name}) => name === 'same');
		expect(told).toHaveLength(1);
		// Not out of a cache that may be behind what was shown already.
		expect(lists().at(-1)?.query.has('resourceVersion')).toBe(false);
		expect(watch.updates.some(({state}) => state.kind === 'stale')).toBe(false);
	});

	it('is not stale for a connection that is cut in the middle of an event, and loses nothing', async () => {
		const line = event('ADDED', entryObject('b', 6));
		const {http, watches} = await open(
			[list(5, entryObject('a', 1))],
			[
				(_, response) => {
					const mark = event('BOOKMARK', {metadata: {resourceVersion: '5'}});
					response.writeHead(200).write(mark + line.slice(0, 40));
					setTimeout(() => response.destroy(), 20);
				},
				says(line.slice(0, 40), line.slice(40)),
			],
		);
		const watch = follow(http);
		await expect.poll(() => names(watch), soon).toEqual(['bookinfo/a', 'bookinfo/b']);
		expect(watches().map(({query}) => query.get('resourceVersion'))).toEqual(['5', '5']);
		expect(watch.updates.some(({state}) => state.kind === 'stale')).toBe(false);
	});

	it('puts frames together that arrive in any pieces', async () => {
		const line = Buffer.from(event('ADDED', entryObject('b', 6, 'bookinfo', 'büro.example.com')));
		const {http} = await open(
			[list(5)],
			[
				async (_, response) => {
					response.writeHead(200).flushHeaders();
					for (const byte of line) {
						response.write(Buffer.from([byte]));
						await sleep(0);
					}
				},
			],
		);
		const watch = follow(http);
		await expect.poll(() => watch.entries.get('bookinfo/b')?.address, soon).toBe('büro.example.com');
	});

	it('gives up a watch that falls silent and opens another', async () => {
		const {http, watches} = await open([list(5)], [quiet, says(event('ADDED', entryObject('late', 6)))]);
		const watch = follow(http);
		await expect.poll(() => names(watch), soon).toEqual(['bookinfo/late']);
		expect(watches()).toHaveLength(2);
		expect(watch.updates.some(({state}) => state.kind === 'stale')).toBe(false);
	});

	it('lists again after garbage, since nothing is known of what was missed', async () => {
		const {http} = await open(
			[list(5, entryObject('a', 1)), list(9, entryObject('b', 8))],
			[says('{"type":"ADDED","object"\n'), quiet],
		);
		const watch = follow(http);
		await expect.poll(() => names(watch), soon).toEqual(['bookinfo/b']);
		await expect.poll(watch.state, soon).toBe('live');
		expect(watch.updates.map(({state}) => state.kind)).toContain('stale');
	});

	it('is stale while the server is away, since when it was lost, and live again after', async () => {
		const api = await open([list(5, entryObject('a', 1))], [quiet]);
		const watch = follow(api.http);
		await expect.poll(watch.state, soon).toBe('live');
		const lost = Date.now();
		await api.cut(true);
		await expect.poll(watch.state, soon).toMatch(/^stale: Nothing listens at http:\/\/127.0.0.1:\d+/);
		const state = watch.updates.at(-1)?.state;
		expect(state?.kind === 'stale' && Math.abs(state.since.getTime() - lost)).toBeLessThan(1000);
		expect(names(watch)).toEqual(['bookinfo/a']);
		await api.up();
		await expect.poll(watch.state, soon).toBe('live');
		// It resumed: nothing was listed again.
		expect(api.lists()).toHaveLength(1);
	});

	it('says so when every watch ends as it begins, and does not hurry', async () => {
		const {http, watches} = await open([list(5)], [ends()]);
		const watch = follow(http, undefined, {pause: () => 0.1, idle: 5});
		await expect.poll(watch.state, soon).toMatch(/every watch at .* ends as soon as it begins/);
		const before = watches().length;
		await sleep(300);
		expect(watches().length - before).toBeLessThanOrEqual(4);
	});

	it('gathers a burst of events into few updates', async () => {
		const events = Array.from({length: 2000}, (_, n) => event('ADDED', entryObject(`vm-${n}`, 10 + n)));
		const {http} = await open(
			[list(5)],
			[
				async (_, response) => {
					response.writeHead(200).flushHeaders();
					for (let n = 0; n < events.length; n += 100) {
						response.write(events.slice(n, n + 100).join(''));
						await sleep(10);
					}
				},
			],
		);
		const watch = follow(http);
		const begun = performance.now();
		await expect.poll(() => watch.entries.size, soon).toBe(2000);
		const seconds = (performance.now() - begun) / 1000;
		expect(watch.updates.length).toBeLessThanOrEqual(20 * seconds + 4);
	});

	it('ends when it is told to, and tells nothing after', async () => {
		const {http, seen} = await open([list(5)], [quiet]);
		const watch = follow(http);
		await expect.poll(watch.state, soon).toBe('live');
		await watch.stop();
		const [told, asked] = [watch.updates.length, seen.length];
		await sleep(600);
		expect([watch.updates.length, seen.length]).toEqual([told, asked]);
	});
});

describe('a user who may not list all of the cluster', () => {
	const allowing =
		(allowed: readonly string[], namespaces?: readonly string[]): Respond =>
		(seen, response) => {
			const may = (path: string) => allowed.some((name) => path === entriesIn(name));
			if (seen.path === '/api/v1/namespaces') {
				if (namespaces === undefined) return refuse(response, 403, 'namespaces is forbidden');
				return json(response, 200, {
					kind: 'NamespaceList',
					metadata: {},
					items: namespaces.map((name) => ({metadata: {name}})),
				});
			}
			if (seen.path.endsWith('/selfsubjectaccessreviews')) {
				let body = '';
				seen.request.on('data', (chunk) => {
					body += chunk;
				});
				seen.request.on('end', () => {
					const {namespace} = JSON.parse(body).spec.resourceAttributes;
					json(response, 201, {status: {allowed: allowed.includes(namespace)}});
				});
				return;
			}
			if (!may(seen.path)) return refuse(response, 403, `workloadentries is forbidden: User "sre" at ${seen.path}`);
			if (isWatch(seen)) return quiet(seen, response);
			const namespace = seen.path.split('/')[5] ?? '';
			json(response, 200, entryList([entryObject(`vm-${namespace}`, 1, namespace)], 5));
		};
	const openFor = async (respond: Respond) => {
		const api = await startFakeApi(respond);
		return {...api, http: openHttp(writeKubeconfig(`http://127.0.0.1:${api.port}`))};
	};

	it('sees each namespace that may be listed', async () => {
		const {http, seen} = await openFor(allowing(['a', 'c'], ['a', 'b', 'c']));
		const watch = follow(http);
		await expect.poll(() => watch.updates.at(-1)?.complete, soon).toBe(true);
		expect(names(watch)).toEqual(['a/vm-a', 'c/vm-c']);
		// Whether it may list there it asked, instead of trying.
		expect(seen.some(({path}) => path === entriesIn('b'))).toBe(false);
		expect(watch.state()).toBe('live');
	});

	it("sees the context's namespace where not even the namespaces may be listed", async () => {
		const {http} = await openFor(allowing(['mine']));
		const watch = follow(http);
		await expect.poll(() => names(watch), soon).toEqual(['mine/vm-mine']);
	});

	it('is told that there is nothing to see, in the words of the server', async () => {
		const {http, seen} = await openFor(allowing([], ['a', 'b']));
		const watch = follow(http);
		await expect.poll(watch.state, soon).toMatch(/^denied: Workloadentries is forbidden: User "sre"/);
		expect(watch.updates.at(-1)).toMatchObject({
			complete: false,
			state: {error: {code: 'cluster.forbidden', exitCode: 77}},
		});
		const asked = seen.filter(({path}) => path === entriesPath).length;
		await sleep(300);
		expect(seen.filter(({path}) => path === entriesPath)).toHaveLength(asked);
	});

	it('sees the rest of the namespaces that were named, and asks for the forbidden one only now and then', async () => {
		const {http, seen} = await openFor(allowing(['a']));
		const watch = follow(http, {namespaces: ['a', 'b']});
		await expect.poll(() => watch.updates.at(-1)?.complete, soon).toBe(true);
		expect(watch.state()).toBe('live');
		await sleep(300);
		expect(seen.filter(({path}) => path === entriesIn('b'))).toHaveLength(1);
	});

	it('is told that the list is stale where it may be listed and not watched', async () => {
		const {http} = await openFor((seen, response) => {
			if (isWatch(seen)) return refuse(response, 403, 'cannot watch resource "workloadentries"');
			json(response, 200, entryList([entryObject('a', 1)], 5));
		});
		const watch = follow(http);
		await expect.poll(watch.state, soon).toMatch(/^stale: Cannot watch resource/);
		expect(watch.updates.at(-1)?.complete).toBe(true);
		expect(names(watch)).toEqual(['bookinfo/a']);
	});
});
