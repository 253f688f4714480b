import {createInterface} from 'node:readline';
import {Writable} from 'node:stream';
import type {PromptQueue} from '../onboarding/session.ts';
import type {Question} from '../ports.ts';

/**
 * Answers a session's questions at the terminal, one at a time: secrets without echo, confirmations with yes or no.
 * Without a terminal every question is dismissed: the run says what it lacked. Returns the function that stops it.
 */
export function answerAtTerminal(prompts: PromptQueue): () => void {
	let asking: Question | undefined;
	const look = () => {
		const question = prompts.getSnapshot();
		if (question === undefined || question === asking) return;
		asking = question;
		void askAtTerminal(question).then((answer) => {
			asking = undefined;
			prompts.answer(answer);
			look();
		});
	};
	look();
	return prompts.subscribe(look);
}

/** Asks for a word to be typed whole, on standard error; false for any other, and without a terminal. */
export function askForWord(title: string, word: string): Promise<boolean> {
	if (!process.stdin.isTTY || !process.stderr.isTTY) return Promise.resolve(false);
	const readline = createInterface({input: process.stdin, output: process.stderr, terminal: true});
	return new Promise((resolve) => {
		readline.once('close', () => resolve(false));
		readline.question(`${title} Type ${word} to agree: `, (answer) => {
			resolve(answer.trim() === word);
			readline.close();
		});
	});
}

/** Asks one question on standard error; undefined without a terminal, on end of input, or when the answer is not yes. */
export function askAtTerminal(question: Question): Promise<string | undefined> {
	if (!process.stdin.isTTY || !process.stderr.isTTY) return Promise.resolve(undefined);
	const masked = question.kind === 'secret';
	const silent = new Writable({write: (_chunk, _encoding, done) => done()});
	const readline = createInterface({input: process.stdin, output: masked ? silent : process.stderr, terminal: true});
	if (question.detail !== undefined) process.stderr.write(`${question.detail}\n`);
	const prompt = masked ? `${question.title}: ` : `${question.title} [y/N] `;
	if (masked) process.stderr.write(prompt);
	return new Promise((resolve) => {
		readline.once('close', () => resolve(undefined));
		readline.question(masked ? '' : prompt, (answer) => {
			if (masked) process.stderr.write('\n');
			resolve(masked ? answer : /^y(es)?$/i.test(answer.trim()) ? 'yes' : undefined);
			readline.close();
		});
	});
}

/** Is there a person to ask? */
export function atTerminal(): boolean {
	return process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks for a word on standard error; an empty answer takes what is offered. undefined on end of input. */
export function askWord(question: string, offered: string): Promise<string | undefined> {
	const readline = createInterface({input: process.stdin, output: process.stderr, terminal: true});
	return new Promise((resolve) => {
		readline.once('close', () => resolve(undefined));
		readline.question(`${question}${offered === '' ? '' : ` [${offered}]`} `, (answer) => {
			resolve(answer.trim() || offered);
			readline.close();
		});
	});
}
