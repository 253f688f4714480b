import {quote} from './quote.ts';

const python = `import os,socket,sys,threading
try: way=socket.create_connection((sys.argv[1],int(sys.argv[2])),float(sys.argv[3]))
except Exception as error: sys.exit(str(error))
way.settimeout(None)
os.write(1,b'open\\n')
def up():
  try:
    while True:
      part=os.read(0,65536)
      if not part: break
      way.sendall(part)
  finally: os._exit(0)
threading.Thread(target=up,daemon=True).start()
while True:
  part=way.recv(65536)
  if not part: os._exit(0)
  while part: part=part[os.write(1,part):]`;

const perl = `use IO::Select;
my ($host,$port,$seconds)=@ARGV;
my $kind=eval {require IO::Socket::IP} ? 'IO::Socket::IP' : do {require IO::Socket::INET; 'IO::Socket::INET'};
my $way=$kind->new(PeerHost=>$host,PeerPort=>$port,Proto=>'tcp',Timeout=>$seconds) or die "$@\\n";
$way->blocking(1);
syswrite STDOUT,"open\\n";
my $both=IO::Select->new($way,\\*STDIN);
while (1) { for my $end ($both->can_read) {
  my $part; sysread($end,$part,65536) or exit;
  my $other=fileno $end ? \\*STDOUT : $way;
  while (length $part) { my $sent=syswrite $other,$part; exit if !defined $sent; substr($part,0,$sent)='' } } }`;

// A connection of bash has no time limit of its own: another process ends all of them, itself included. What it begins beside itself has no input.
const bash = `(sleep "$3"; kill 0) </dev/null >/dev/null 2>&1 & limit=$!
exec 3<>"/dev/tcp/$1/$2" || { kill $limit; exit 1; }
kill $limit; echo open
exec 4<&0; (cat <&4 >&3; kill 0) & cat <&3; kill 0`;

/** The programs of a VM of which one is enough for `relayCommand`. */
export const relayTools = 'python3, perl or bash';

/** The exit code of `relayCommand` where there is none of them. */
export const noRelay = 127;

/**
 * Connects to a TCP port from the VM with what is there, and passes on what comes, both ways: what an SSH channel does by itself where sshd
 * does not forbid it. Prints `open`, then the other end's bytes; ends with its input, or when the other end closes. What it says without
 * `open` is the system's words for the reason.
 */
export function relayCommand(host: string, port: number, seconds: number): string {
	const words = `${quote(host)} ${port} ${seconds}`;
	return [
		`set -- ${words}; export LC_ALL=C`,
		// That there is a program of the name does not say that it works, or has what it needs.
		`if python3 -c 'import socket,threading' >/dev/null 2>&1; then exec python3 -c ${quote(python)} "$@"; fi`,
		`if perl -MIO::Select -MIO::Socket::INET -e 1 >/dev/null 2>&1; then exec perl -e ${quote(perl)} "$@"; fi`,
		`if bash -c 'exit 0' >/dev/null 2>&1; then exec bash -c ${quote(bash)} bash "$@"; fi`,
		`exit ${noRelay}`,
	].join('\n');
}
