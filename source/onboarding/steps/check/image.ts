import type {FindingId} from '../../../diagnosis/catalogue.ts';
import {asList, asRecord, asText} from '../../../mesh/untyped.ts';
import {causeOfDocker} from '../../../proxy/docker-causes.ts';
import {readJson} from '../../../proxy/json.ts';
import {plainLines} from '../../../vm/plain-text.ts';
import {commandLine} from '../../../vm/quote.ts';
import {perform} from '../../action.ts';
import type {Step, StepContext} from '../../step.ts';
import {look} from '../bootstrap/on-vm.ts';
import {findingAbout} from '../stopped-by.ts';
import {outcomeOf, type Verdict, verdict} from './verdict.ts';

const title = 'Image of the proxy';
const id = 'vm.image';

/** Only looks: the manifest is asked for by the engine's client, and nothing is pulled. A registry may be one without TLS. */
const manifestOf = (image: string) =>
	commandLine(['timeout', '20', 'docker', 'manifest', 'inspect', '--insecure', image]);

/**
 * Could the VM pull the proxy's image? Asked where it has not got it. The client goes to the registry itself: what it does not reach, an engine
 * with a mirror or a proxy of its own may.
 */
export const imageCheckStep: Step = {
	id: 'check.image',
	phase: 'check',
	title: 'Look for the image of the proxy',
	plan: () => [],
	*run(context) {
		const {target, facts} = context;
		const image = target.image.value;
		// The look at the VM has seen it: there is nothing more to ask.
		if (facts.vm?.imagePresent === true) return {status: 'succeeded', detail: `${image} is there already`};
		if (facts.vm?.docker.state !== 'usable' || target.runtime.value !== 'docker')
			return {status: 'skipped', detail: 'Not done: there is no engine of Docker that could be asked for it.'};
		const {code, stdout, stderr} = yield* perform(look(manifestOf(image)));
		const judged = code === 0 ? ofManifest(context, stdout) : ofRefusal(context, `${stderr}\n${stdout}`.trim());
		return outcomeOf([judged], `${image} can be pulled`);
	},
};

const told: ReadonlySet<FindingId> = new Set(['proxy.image-not-found', 'proxy.image-denied', 'vm.arch-mismatch']);

function ofRefusal(context: StepContext, words: string): Verdict {
	const image = context.target.image.value;
	const cause = /no such manifest/i.test(words) ? 'proxy.image-not-found' : causeOfDocker(words);
	const text = plainLines(words, 5) || 'no answer within 20 s';
	if (cause === undefined) return verdict(id, title, 'not-done', `the registry was not asked: ${text}`);
	if (cause === 'proxy.registry-unreachable' || !told.has(cause)) {
		const found = findingAbout(context, 'proxy.registry-unreachable', [{source: manifestOf(image), text}]);
		return cause === 'proxy.registry-unreachable'
			? verdict(id, title, 'failed', `${found.summary} ${text}`, [found])
			: verdict(id, title, 'not-done', text);
	}
	const found = findingAbout(context, cause, [{source: manifestOf(image), text}]);
	return verdict(id, title, 'failed', found.summary, [found]);
}

function ofManifest(context: StepContext, body: string): Verdict {
	const image = context.target.image.value;
	const own = context.facts.vm?.docker.architecture ?? '';
	const offered = asList(asRecord(readJson(body))['manifests']).map((one) =>
		asText(asRecord(asRecord(one)['platform'])['architecture']),
	);
	const known = offered.filter((architecture) => architecture !== '' && architecture !== 'unknown');
	if (own === '' || known.length === 0 || known.includes(own))
		return verdict(id, title, 'passed', `${image} can be pulled`);
	const summary = `${image} has no variant for ${own}: only ${known.join(', ')}.`;
	const found = findingAbout(
		context,
		'vm.arch-mismatch',
		[{source: manifestOf(image), text: known.join(', ')}],
		summary,
	);
	return verdict(id, title, 'failed', summary, [found]);
}
