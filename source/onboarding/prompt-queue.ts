import type {Prompts, Question} from '../ports.ts';
import type {PromptQueue} from './session.ts';

/** A question and those who wait for its answer. */
type Waiting = {readonly question: Question; readonly askers: Set<(answer: string | undefined) => void>};

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
	const remove = (waiting: Waiting) => {
		const index = queue.indexOf(waiting);
		if (index !== -1) queue.splice(index, 1);
		changed();
	};
	return {
		getSnapshot: () => queue[0]?.question,
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		answer(answer) {
			const [first] = queue;
			if (first === undefined) return;
			if (answer !== undefined) answers.set(first.question.id, answer);
			remove(first);
			for (const asker of first.askers) asker(answer);
		},
		ask(question, signal) {
			const known = answers.get(question.id);
			if (known !== undefined) return Promise.resolve(known);
			if (signal?.aborted === true) return Promise.resolve(undefined);
			const waiting = queue.find((other) => other.question.id === question.id) ?? {question, askers: new Set()};
			return new Promise((resolve) => {
				waiting.askers.add(resolve);
				if (!queue.includes(waiting)) {
					queue.push(waiting);
					changed();
				}
				// One who gives up leaves the question to the others; when nobody waits any more, it goes away.
				const giveUp = () => {
					waiting.askers.delete(resolve);
					if (waiting.askers.size === 0) remove(waiting);
					resolve(undefined);
				};
				signal?.addEventListener('abort', giveUp, {once: true});
			});
		},
	};
}
