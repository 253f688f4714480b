import type {CommandNode, ScriptNode, SimpleCommandNode, StatementNode, WordNode} from 'just-bash';

/** The command that runs another one and passes its output on at once: ROUTE COMMAND ARGUMENTS. */
export const liveCommand = '.live';

/** Where a live command's output goes: `plain` as it is; both to one of them; or only stdout, stderr being redirected to a file. */
export type Route = 'plain' | '2>&1' | '>&2' | '2>file';

/** The command that starts another one and leaves it running: FILE COMMAND ARGUMENTS. */
export const backgroundCommand = '.background';

/** Builtins that change the shell itself, so that they cannot run under another command. */
const ofTheShell = new Set(
	'. : [ alias break cd continue declare eval exit export false getopts local read readonly return set shift shopt source test trap true typeset umask unalias unset wait'.split(
		' ',
	),
);

/**
 * just-bash gives the output of a script when all of it has ended, and waits for what was sent to the background. A person who
 * watches wants to see output as it comes. So the commands of a script whose standard output is the session's own are put under
 * `.live`, and simple commands that end in `&` under `.background`. A script that defines functions is left as it is, so that the
 * output of those keeps its place.
 */
export function rewrite(script: ScriptNode, {live}: {readonly live: boolean}): ScriptNode {
	const hasFunctions = script.statements.some(({pipelines}) =>
		pipelines.some(({commands}) => commands.some(({type}) => type === 'FunctionDef')),
	);
	return {...script, statements: statements(script.statements, live && !hasFunctions)};
}

function statements(list: readonly StatementNode[], live: boolean): StatementNode[] {
	return list.map((statement) => {
		if (statement.background) return background(statement);
		const pipelines = statement.pipelines.map((pipeline) => ({
			...pipeline,
			commands: pipeline.commands.map((command, index) =>
				rewriteCommand(command, live && index === pipeline.commands.length - 1),
			),
		}));
		return {...statement, pipelines};
	});
}

function rewriteCommand(command: CommandNode, live: boolean): CommandNode {
	if (command.type === 'FunctionDef') return command;
	if (command.type === 'SimpleCommand') return live ? liveSimple(command) : command;
	const own = live && routeOf(command.redirections) === 'plain';
	switch (command.type) {
		case 'If':
			return {
				...command,
				clauses: command.clauses.map(({condition, body}) => ({
					condition: statements(condition, own),
					body: statements(body, own),
				})),
				elseBody: command.elseBody === null ? null : statements(command.elseBody, own),
			};
		case 'While':
		case 'Until':
			return {...command, condition: statements(command.condition, own), body: statements(command.body, own)};
		case 'For':
		case 'Subshell':
		case 'Group':
			return {...command, body: statements(command.body, own)};
		case 'Case':
			return {...command, items: command.items.map((item) => ({...item, body: statements(item.body, own)}))};
		default:
			return command;
	}
}

function liveSimple(command: SimpleCommandNode): SimpleCommandNode {
	const name = literalOf(command.name);
	const route = routeOf(command.redirections);
	if (command.name === null || name === undefined || route === undefined || ofTheShell.has(name)) return command;
	const redirections = command.redirections.filter(
		({operator, fd}) => isInput(operator) || (route === '2>file' && fd === 2),
	);
	// `exec COMMAND` ends the shell with that command: whatever follows it in these scripts is nothing.
	const words = name === 'exec' ? command.args : [command.name, ...command.args];
	return words.length === 0
		? command
		: {...command, name: word(liveCommand), args: [word(route), ...words], redirections};
}

/** Undefined where standard output goes elsewhere. */
function routeOf(redirections: SimpleCommandNode['redirections']): Route | undefined {
	const [first, ...more] = redirections.filter(({operator}) => !isInput(operator));
	if (first === undefined) return 'plain';
	const {fd, operator, target} = first;
	if (more.length > 0) return undefined;
	const to = target.type === 'Word' ? literalOf(target) : undefined;
	if (operator === '>&' && fd === 2 && to === '1') return '2>&1';
	if (operator === '>&' && (fd === null || fd === 1) && to === '2') return '>&2';
	return fd === 2 && (operator === '>' || operator === '>>') ? '2>file' : undefined;
}

function isInput(operator: string): boolean {
	return operator.startsWith('<');
}

function background(statement: StatementNode): StatementNode {
	const [pipeline, ...more] = statement.pipelines;
	const [command] = pipeline?.commands ?? [];
	if (
		pipeline === undefined ||
		more.length > 0 ||
		pipeline.commands.length > 1 ||
		command?.type !== 'SimpleCommand' ||
		command.name === null
	)
		return {...statement, background: false};
	const target = command.redirections.find(({fd, operator}) => (fd === null || fd === 1) && operator === '>')?.target;
	const started: SimpleCommandNode = {
		...command,
		name: word(backgroundCommand),
		args: [target?.type === 'Word' ? target : word('/dev/null'), command.name, ...command.args],
		redirections: [],
	};
	return {...statement, background: false, pipelines: [{...pipeline, commands: [started]}]};
}

function literalOf(node: WordNode | null): string | undefined {
	const [part, ...more] = node?.parts ?? [];
	return (part?.type === 'Literal' || part?.type === 'SingleQuoted') && more.length === 0 ? part.value : undefined;
}

function word(value: string): WordNode {
	return {type: 'Word', parts: [{type: 'Literal', value}]};
}
