import {basename} from 'node:path';

/**
 * What a call means by the name of the file that was started: kubectl finds its plugins, and what completes their words, by their names
 * (kubernetes.io, "Extend kubectl with plugins"; kubectl, pkg/cmd/plugin_completion.go). `name`: how the help calls the program.
 */
export function calledAs(file: string, words: readonly string[]): {name: string; words: readonly string[]} {
	switch (basename(file).replace(/\.js$/, '')) {
		case 'kubectl-meshboard':
			return {name: 'kubectl meshboard', words};
		case 'kubectl_complete-meshboard':
			return {name: 'kubectl meshboard', words: ['__complete', ...words]};
		default:
			return {name: 'meshboard', words};
	}
}
