import process from 'node:process';

/** Stops this process as ctrl+z does in other programs; resolves when the shell continues it (fg). */
export async function stopProcess(): Promise<void> {
	const continued = new Promise<void>((resolve) => {
		process.once('SIGCONT', () => resolve());
	});
	// The whole group, as the terminal itself would: npm or npx above us must stop too, else the shell would not notice.
	process.kill(0, 'SIGTSTP');
	await continued;
}
