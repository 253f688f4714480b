/** Longest line of an environment file that Docker reads (bufio.MaxScanTokenSize). */
const longestLine = 64 * 1024 - 1;

/**
 * Why a variable cannot stand in a file for `docker run --env-file`, or undefined. There a line is a variable and a value ends with
 * its line: nothing can be quoted or escaped (docker/cli, pkg/kvfile). JSON values are safe, JSON escapes line breaks.
 */
export function envFault(name: string, value: string): string | undefined {
	if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name)) return 'is no name of an environment variable';
	if (/[\n\r\0]/.test(value)) return 'holds a line break, which an environment file cannot carry';
	if (Buffer.byteLength(`${name}=${value}`) > longestLine)
		return 'is longer than the 64 KiB that a line of an environment file may have';
	return undefined;
}
