import {quote} from '../quote.ts';

/** An address of the VM with a port on which nothing listens yet. */
export type Seat = {readonly address: string; readonly port: number};

/** Where no one ends it, listening ends by itself after so many seconds: time for a connection from a pod, however slow the cluster is. */
const seconds = 30;

const python = `import os,select,socket,sys,time
ears=[]
for address,port in zip(sys.argv[1::2],sys.argv[2::2]):
  ear=socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET)
  ear.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEADDR,1)
  try:
    ear.bind((address,int(port)))
    ear.listen(16)
    ears.append(ear)
    print('listening',port)
  except OSError as error: print('not',port,error)
sys.stdout.flush()
if not ears or os.fork(): sys.exit()
os.setsid()
null=os.open('/dev/null',os.O_RDWR)
for number in (0,1,2): os.dup2(null,number)
end=time.time()+${seconds}
while time.time()<end:
  for ear in select.select(ears,[],[],max(0,end-time.time()))[0]: ear.accept()[0].close()`;

const perl = `use IO::Socket::INET; use IO::Select; use POSIX;
$|=1; my $all=IO::Select->new;
while (@ARGV) { my ($address,$port)=splice(@ARGV,0,2);
  my $ear=IO::Socket::INET->new(LocalAddr=>$address,LocalPort=>$port,Proto=>'tcp',Listen=>16,ReuseAddr=>1);
  if ($ear) { $all->add($ear); print "listening $port\\n" } else { print "not $port $@\\n" } }
exit if !$all->count || fork;
POSIX::setsid(); open STDIN,'</dev/null'; open STDOUT,'>/dev/null'; open STDERR,'>/dev/null';
my $end=time+${seconds};
while ((my $left=$end-time)>0) { for my $ear ($all->can_read($left)) { my $one=$ear->accept; close $one if $one } }`;

/**
 * With socat, or an nc that goes on after a connection and binds to an address: OpenBSD's and nmap's. The traditional one takes another port where that
 * is not to be had, and BusyBox's every address.
 */
const others = `able=
if command -v socat >/dev/null 2>&1; then able=socat
elif command -v nc >/dev/null 2>&1; then
  case $(nc -h 2>&1 </dev/null) in *BusyBox*|*'nc -l -p'*) ;; *) able=nc ;; esac
fi
if [ -z "$able" ]; then echo no tool; exit 0; fi
ears=
while [ $# -gt 1 ]; do
  case $able,$1 in
  nc,*) timeout ${seconds} nc -lk "$1" "$2" </dev/null >/dev/null 2>&1 & ;;
  *:*) timeout ${seconds} socat "TCP6-LISTEN:$2,bind=[$1],fork,reuseaddr" /dev/null </dev/null >/dev/null 2>&1 & ;;
  *) timeout ${seconds} socat "TCP4-LISTEN:$2,bind=$1,fork,reuseaddr" /dev/null </dev/null >/dev/null 2>&1 & ;;
  esac
  ears="$ears $!:$2"; shift 2
done
sleep 1
for ear in $ears; do if kill -0 "\${ear%:*}" 2>/dev/null; then echo "listening \${ear#*:}"; fi; done`;

/**
 * Listens on ports of the VM for a moment, as the user, with what is there: python3, perl, socat or nc (OpenBSD's, nmap's). Prints `listening PORT` for each
 * that it has got and ends, while a process goes on listening until \`hushCommand\`, or for 30 s.
 */
export function listenCommand(mark: string, seats: readonly Seat[]): string {
	const words = seats.map(({address, port}) => `${quote(address)} ${port}`).join(' ');
	return [
		`set -- ${words}`,
		`${variable}=${quote(markOf(mark))}; export ${variable}`,
		`if command -v python3 >/dev/null 2>&1; then python3 -c ${quote(python)} "$@"; exit 0; fi`,
		`if command -v perl >/dev/null 2>&1; then perl -e ${quote(perl)} "$@"; exit 0; fi`,
		others,
	].join('\n');
}

/** Ends what `listenCommand` began, which bears the mark in its environment. */
export function hushCommand(mark: string): string {
	return [
		'for file in /proc/[0-9]*/environ; do',
		`if grep -qsF ${quote(`${variable}=${markOf(mark)}`)} "$file"; then file=\${file%/environ}; kill "\${file#/proc/}" 2>/dev/null; fi`,
		'done; true',
	].join('\n');
}

/** The ports on which it listens. */
export function parseListening(output: string): readonly number[] {
	return [...output.matchAll(/^listening (\d+)\r?$/gm)].map(([, port]) => Number(port));
}

const variable = 'MESHBOARD_LISTENS';

/** No mark is the beginning of another. */
function markOf(mark: string): string {
	return `${mark};`;
}
