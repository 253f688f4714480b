import type {DialOutcome, PodDial} from './action.ts';

/*
 * What is run inside a pod of the mesh to send traffic to a VM from where it will come. Containers differ in their tools:
 * each script takes what it finds (curl, else wget, else nc) and ends with a line of its own that tells how it went.
 */

/**
 * `sh -c <this> meshboard URL HOST SECONDS`: one GET, the Host header being HOST.
 * wget's own time limit is left alone: BusyBox 1.35 with a static C library crashes on it. Of an answer that tells of a failure it does not
 * give the words, by which a proxy says why: these are asked for by nc, where there is one.
 */
export const requestScript = `url=$1 host=$2 limit=$3
if command -v curl >/dev/null 2>&1; then
  curl -sS -m "$limit" -H "Host: $host" -w '\\nmeshboard-status %{http_code}\\n' "$url" 2>&1
elif command -v wget >/dev/null 2>&1; then
  timeout "$limit" wget -S -O - --header "Host: $host" "$url" 2>&1
  ended=$?
  case $ended in 1|8)
    if command -v nc >/dev/null 2>&1; then
      rest=\${url#*://} place=\${url#*://}
      place=\${place%%/*}
      # A proxy takes the end of the question for the end of the asker.
      { printf 'GET /%s HTTP/1.1\\r\\nHost: %s\\r\\nConnection: close\\r\\n\\r\\n' "\${rest#*/}" "$host"; sleep 1; } |
        timeout 3 nc "\${place%:*}" "\${place##*:}" 2>&1
    fi ;;
  esac
  echo "meshboard-exit $ended"
else
  echo meshboard-no-tool
fi`;

/**
 * `sh -c <this> meshboard [ADDRESS PORT SECONDS]…`: opens TCP connections, all at once. Says `begun`, then of the first (0) what its tool says, each
 * line with `0|` before it, and how long it took, then `0|` alone, as soon as that is known; and so on. BusyBox's nc has no `-z`; that it comes to run
 * a program tells that there was a connection.
 */
const dialScript = `echo begun
tool=
if command -v curl >/dev/null 2>&1; then tool=curl
elif command -v nc >/dev/null 2>&1; then
  case $(nc -z 2>&1 </dev/null) in *'invalid option'*) tool=busybox ;; *) tool=nc ;; esac
elif command -v wget >/dev/null 2>&1; then tool=wget
fi
dial() { case $tool in
curl) curl -sv -o /dev/null -w '\\nmeshboard-connected %{time_connect}\\n' --connect-timeout "$3" -m "$3" "http://$1:$2/" 2>&1 ;;
nc) nc -z -v -w "$3" "$1" "$2" 2>&1 </dev/null && echo Connected to ;;
busybox) nc -w "$3" "$1" "$2" -e sh -c : 2>&1 </dev/null && echo Connected to ;;
wget) timeout "$3" wget -O /dev/null "http://$1:$2/" 2>&1 && echo Connected to ;;
*) echo meshboard-no-tool ;;
esac; }
now() { now=0; if [ -r /proc/uptime ]; then IFS=' .' read -r now rest _ </proc/uptime; now=$now$rest; fi; }
count=0
while [ $# -gt 2 ]; do
  { now; begun=$now; said=$(dial "$1" "$2" "$3"); now; set -f; IFS='
'; [ "$now" = 0 ] || said="$said
meshboard-took $((now - begun))0"; printf "$count|%s\\n" $said ''; } &
  count=$((count + 1)); shift 3
done
wait`;

/** The argument list that opens connections from a container. */
export function dialCommand(to: ReadonlyArray<Pick<PodDial, 'host' | 'port' | 'timeoutSeconds'>>): readonly string[] {
	const words = to.flatMap(({host, port, timeoutSeconds}) => [host, String(port), String(timeoutSeconds)]);
	return podCommand(dialScript, ...words);
}

/** What was said so far of those of `dialCommand` that have ended, by their index, with the milliseconds that it took where that is known; total. */
export function readDials(
	output: string,
): ReadonlyMap<number, {readonly text: string; readonly ms?: number} | undefined> {
	const words = new Map<number, string[]>();
	const ended = new Map<number, {text: string; ms?: number} | undefined>();
	// The last line may still be on its way.
	for (const line of output.split(/\r?\n/).slice(0, -1)) {
		const [, number, said = ''] = /^(\d+)\|(.*)$/.exec(line) ?? [];
		if (number === undefined) continue;
		const index = Number(number);
		const all = words.get(index) ?? [];
		words.set(index, all);
		if (said !== '') all.push(said);
		else ended.set(index, all.includes('meshboard-no-tool') ? undefined : {text: all.join('\n'), ...tookIn(all)});
	}
	return ended;
}

/** As exact as curl has it, else in the hundredths of a second of the kernel's uptime. */
function tookIn(lines: readonly string[]): {ms?: number} {
	const numberAfter = (word: string) => Number(lines.findLast((line) => line.startsWith(word))?.slice(word.length));
	const connected = numberAfter('meshboard-connected ') * 1000;
	const ms = connected > 0 ? Math.max(1, Math.round(connected)) : numberAfter('meshboard-took ');
	return Number.isNaN(ms) ? {} : {ms};
}

/** The argument list that runs a script in a container. */
export function podCommand(script: string, ...words: readonly string[]): readonly string[] {
	return ['sh', '-c', script, 'meshboard', ...words];
}

/** HTTP status, body and raw words of a request, or undefined where the container has no tool for it. Status 0: no HTTP answer. */
export function readRequest(output: string): {status: number; body: string; text: string} | undefined {
	if (output.includes('meshboard-no-tool')) return undefined;
	const lines = output.split(/\r?\n/);
	const curl = /^meshboard-status (\d+)$/m.exec(output)?.[1];
	const wget = [...output.matchAll(/HTTP\/\d(?:\.\d)? (\d{3})/g)].at(-1)?.[1];
	const noise = /^(meshboard-|Connecting to |wget: | {2}\S|saving to|-\s+100%|writing to|'-' saved|curl: )/;
	const body = lines
		.filter((line) => !noise.test(line))
		.join('\n')
		.trim();
	const words = lines.filter((line) => line.trim() !== '' && !line.startsWith('meshboard-')).join('\n');
	return {status: Number(curl ?? wget ?? 0), body, text: words};
}

/** How a TCP connection from a pod went, by the words of curl, wget or nc. */
export function readDial(output: string): DialOutcome {
	if (/refused/i.test(output)) return 'refused';
	if (/no route to host|network is unreachable|host is unreachable/i.test(output)) return 'unreachable';
	if (/could not resolve|bad address|name or service not known/i.test(output)) return 'unresolved';
	// An answer of any kind, even one that is no HTTP or breaks off, came through an open port.
	if (
		/^\* Connected to|^Connected to|HTTP\/|empty reply|bad header|error getting response|reset by peer|received http\/0\.9/im.test(
			output,
		)
	)
		return 'open';
	return 'filtered';
}
