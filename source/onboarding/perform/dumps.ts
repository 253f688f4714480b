import type {Finding} from '../../diagnosis/finding.ts';
import {UserError} from '../../errors.ts';
import type {Clock} from '../../ports.ts';
import type {Action, Answers} from '../action.ts';
import {describeAction} from '../describe.ts';
import {type Dump, type DumpAsk, dumpsOf} from '../doctor/dumps.ts';
import type {StepContext} from '../step.ts';

/** Takes all dumps side by side; what is not to be had says why. Rejects only for a bug, or when it is told to stop. */
export async function takeDumps(
	context: StepContext,
	perform: (action: Action) => Promise<unknown>,
	clock: Clock,
	faults: readonly Finding[],
): Promise<readonly Dump[]> {
	const away = faults.find(({id}) => id.startsWith('ssh.'))?.id;
	const take = async (ask: DumpAsk): Promise<readonly Dump[]> => {
		const {path, what, action} = ask;
		const about = {path, what, source: describeAction(action, context.target), at: clock.now().toISOString()};
		const lacking = (reason: string): readonly Dump[] => [{...about, reason}];
		if (away !== undefined && action.kind !== 'istiod') return lacking(`not done, see ${away}`);
		try {
			return read(ask, about, await perform(action));
		} catch (error) {
			if (error instanceof UserError) return lacking(error.message);
			throw error;
		}
	};
	return (await Promise.all(dumpsOf(context).map(take))).flat();
}

type About = Pick<Dump, 'path' | 'what' | 'source' | 'at'>;

function read({action}: DumpAsk, about: About, answer: unknown): readonly Dump[] {
	switch (action.kind) {
		case 'exec': {
			const {code, ended, stdout, stderr} = answer as Answers['exec'];
			if (code === 0 || stdout !== '') return [{...about, content: stdout}];
			return [{...about, reason: stderr.trim() || `${ended}, exit code ${code ?? 'unknown'}`}];
		}
		case 'http': {
			const said = answer as Answers['http'];
			// An agent that is not ready says so with 503, and why.
			const isWord = said.ok && (said.status === 200 || said.status === 503);
			if (isWord) return [{...about, content: said.body}];
			return [{...about, reason: said.ok ? `HTTP ${said.status}` : said.text}];
		}
		case 'istiod': {
			const said = answer as Answers['istiod'];
			if (!said.done) return [{...about, reason: said.text}];
			if (said.pods.length === 0) return [{...about, reason: 'no istiod runs'}];
			return said.pods.map(({pod, status, body}) => {
				const own = {...about, path: about.path.replace('/', `/${pod}/`)};
				return status === 200 ? {...own, content: body} : {...own, reason: `HTTP ${status}: ${body.slice(0, 200)}`};
			});
		}
	}
}
