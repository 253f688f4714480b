/** Longer scripts would push what a person waits for out of sight. */
const longestShown = 6;

/** A command as one looks at it in passing: of a long script its first line and how much more there is. The step's log holds it whole. */
export function foldCommand(command: string): string {
	const [first = '', ...more] = command.split('\n');
	return more.length < longestShown ? command : `${first} … (${more.length} more lines in the log)`;
}
