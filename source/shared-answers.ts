/** Made when it is first asked for, and once. */
export function lazily<T>(make: () => Promise<T>): () => Promise<T> {
	let made: Promise<T> | undefined;
	return () => (made ??= make());
}

/** One answer to a question for all who ask it within some milliseconds; a failure is not kept. `question` is plain data. */
export function sharedFor<Question, Answer>(
	milliseconds: number,
	answer: (question: Question) => Promise<Answer>,
): (question: Question) => Promise<Answer> {
	const shared = new Map<string, Promise<Answer>>();
	return (question) => {
		const key = JSON.stringify(question);
		const known = shared.get(key);
		if (known !== undefined) return known;
		const asked = answer(question);
		const forget = () => shared.delete(key);
		shared.set(key, asked);
		asked.catch(forget);
		setTimeout(forget, milliseconds).unref();
		return asked;
	};
}
