/*
 * The part of Go's text/template that `docker … --format` is used with: `{{.A.B}}`, `{{json .A}}`, `{{range .A}}`, `{{if …}}`,
 * `{{else}}`, `{{end}}`, `{{$x := …}}`, and the functions split, index, eq, ne, len, println, join, lower.
 */

type Token = {readonly kind: 'text' | 'action'; readonly value: string};
type Node =
	| {readonly kind: 'text'; readonly value: string}
	| {readonly kind: 'value'; readonly words: readonly string[]}
	| {readonly kind: 'assign'; readonly name: string; readonly words: readonly string[]}
	| {
			readonly kind: 'if' | 'range';
			readonly words: readonly string[];
			readonly body: readonly Node[];
			readonly otherwise: readonly Node[];
	  };
type Scope = {readonly dot: unknown; readonly variables: ReadonlyMap<string, unknown>};

/** Renders a template with a value. Throws an error with docker's words for what it does not know. */
export function renderTemplate(template: string, value: unknown): string {
	const tokens: Token[] = template
		.split(/(\{\{.*?\}\})/s)
		.filter((part) => part !== '')
		.map((part) =>
			part.startsWith('{{') ? {kind: 'action', value: part.slice(2, -2).trim()} : {kind: 'text', value: part},
		);
	const {nodes} = parse(tokens, 0);
	return render(nodes, {dot: value, variables: new Map([['$', value]])});
}

function parse(tokens: readonly Token[], from: number): {nodes: Node[]; otherwise: Node[]; next: number} {
	const nodes: Node[] = [];
	let otherwise: Node[] = [];
	let into = nodes;
	let at = from;
	while (at < tokens.length) {
		const token = tokens[at++];
		if (token === undefined) break;
		if (token.kind === 'text') {
			into.push({kind: 'text', value: token.value.replaceAll('\\n', '\n').replaceAll('\\t', '\t')});
			continue;
		}
		const words = token.value.match(/"(?:[^"\\]|\\.)*"|\(|\)|[^\s()]+/g) ?? [];
		const [first = '', second, ...rest] = words;
		if (first === 'end') return {nodes, otherwise, next: at};
		if (first === 'else') {
			otherwise = [];
			into = otherwise;
		} else if (first === 'if' || first === 'range') {
			const inner = parse(tokens, at);
			at = inner.next;
			into.push({kind: first, words: words.slice(1), body: inner.nodes, otherwise: inner.otherwise});
		} else if (first.startsWith('$') && second === ':=') into.push({kind: 'assign', name: first, words: rest});
		else into.push({kind: 'value', words});
	}
	return {nodes, otherwise, next: at};
}

function render(nodes: readonly Node[], scope: Scope): string {
	let out = '';
	let {variables} = scope;
	for (const node of nodes) {
		const here = {dot: scope.dot, variables};
		if (node.kind === 'text') out += node.value;
		else if (node.kind === 'value') out += text(evaluate(node.words, here));
		else if (node.kind === 'assign') variables = new Map([...variables, [node.name, evaluate(node.words, here)]]);
		else if (node.kind === 'if') out += render(truth(evaluate(node.words, here)) ? node.body : node.otherwise, here);
		else {
			const list = evaluate(node.words, here);
			const items = Array.isArray(list) ? list : Object.values(list ?? {});
			out +=
				items.length === 0
					? render(node.otherwise, here)
					: items.map((dot) => render(node.body, {dot, variables})).join('');
		}
	}
	return out;
}

function evaluate(words: readonly string[], scope: Scope): unknown {
	const terms: unknown[] = [];
	let operation: string | undefined;
	for (let at = 0; at < words.length; at++) {
		const word = words[at] ?? '';
		if (word === '(') {
			let depth = 1;
			const from = at + 1;
			while (depth > 0 && ++at < words.length) depth += words[at] === '(' ? 1 : words[at] === ')' ? -1 : 0;
			terms.push(evaluate(words.slice(from, at), scope));
		} else if (terms.length === 0 && operation === undefined && word in functions) operation = word;
		else terms.push(term(word, scope));
	}
	if (operation === undefined) return terms[0];
	return functions[operation]?.(terms);
}

function term(word: string, {dot, variables}: Scope): unknown {
	if (word.startsWith('"')) return JSON.parse(word);
	if (/^-?\d+$/.test(word)) return Number(word);
	const [head = '', ...path] = word.split('.');
	const start = head === '' ? dot : variables.get(head);
	if (head !== '' && !head.startsWith('$'))
		throw new Error(`template parsing error: template: :1: function "${head}" not defined`);
	return path.filter(Boolean).reduce((value: unknown, key) => {
		if (typeof value !== 'object' || value === null) return undefined;
		if (!(key in value))
			throw new Error(`template: :1:2: executing "" at <${word}>: map has no entry for key "${key}"`);
		return (value as Record<string, unknown>)[key];
	}, start);
}

const functions: Readonly<Record<string, (terms: readonly unknown[]) => unknown>> = {
	json: ([value]) => JSON.stringify(value),
	println: (terms) => `${terms.map(text).join(' ')}\n`,
	split: ([value, by]) => text(value).split(text(by)),
	join: ([value, by]) => (Array.isArray(value) ? value.map(text).join(text(by)) : ''),
	lower: ([value]) => text(value).toLowerCase(),
	len: ([value]) =>
		Array.isArray(value) || typeof value === 'string' ? value.length : Object.keys(value ?? {}).length,
	eq: ([value, ...others]) => others.some((other) => other === value),
	ne: ([value, other]) => value !== other,
	index: ([value, ...keys]) =>
		keys.reduce(
			(found: unknown, key) =>
				typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[String(key)] : undefined,
			value,
		),
};

function truth(value: unknown): boolean {
	return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

function text(value: unknown): string {
	if (value === undefined || value === null) return '<no value>';
	if (Array.isArray(value)) return `[${value.map(text).join(' ')}]`;
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
