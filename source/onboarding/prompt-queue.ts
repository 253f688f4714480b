import type {Prompts, Question} from '../ports.ts';
import type {PromptQueue} from './session.ts';

type Waiting = {
	question: Question;
	promise: Promise<string | undefined>;
	resolve: (answer: string | undefined) => void;
};

/**
 * One question at a time, whoever asks: eight VMs never talk at once. Equal questions (same id) are asked once, also later:
 * the answer stays in memory for the sitting. A dismissed question is asked again when it comes up again.
 */
export function createPromptQueue(): PromptQueue & Prompts {
	const queue: Waiting[] = [];
	const answers = new Map<string, string>();
	const listeners = new Set<() => void>();
	const changed = () => {
		for (const listener of listeners) listener();
	};
	const settle = (waiting: Waiting, answer: string | undefined) => {
		const index = queue.indexOf(waiting);
		if (index === -1) return;
		queue.splice(index, 1);
		waiting.resolve(answer);
		changed();
	};
	return {
		getSnapshot: () => queue[0]?.question,
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		answer(answer) {
			const first = queue[0];
			if (first === undefined) return;
			if (answer !== undefined) answers.set(first.question.id, answer);
			settle(first, answer);
		},
		ask(question, signal) {
			const known = answers.get(question.id);
			if (known !== undefined) return Promise.resolve(known);
			if (signal?.aborted === true) return Promise.resolve(undefined);
			let waiting = queue.find((other) => other.question.id === question.id);
			if (waiting === undefined) {
				const {promise, resolve} = Promise.withResolvers<string | undefined>();
				waiting = {question, promise, resolve};
				queue.push(waiting);
				changed();
			}
			if (signal === undefined) return waiting.promise;
			// One asker that gives up leaves the question to the others.
			const aborted = new Promise<undefined>((resolve) =>
				signal.addEventListener('abort', () => resolve(undefined), {once: true}),
			);
			return Promise.race([waiting.promise, aborted]);
		},
	};
}
