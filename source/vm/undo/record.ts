import {commandLine} from '../quote.ts';

/*
 * What meshboard did on a VM, kept there, so that it can be taken back: a line for each thing that was not so before. Every command that
 * changes something is run by a program there that reads what is so before and after it, and notes the difference: so it is noted too
 * when the connection breaks off, or meshboard dies. Lines are only ever added. Root's alone to write.
 *
 *   directory|home made PATH             a file, directory or link that was not there
 *   directory|home mode WAS NOW PATH     octal digits
 *   directory|home owner WAS NOW PATH    `UID:GID`
 *   account NAME UID · unlocked NAME PASSWORD-FIELD · key NAME LINE · member NAME GROUP · linger NAME
 *   package NAME · data PATH · group NAME GID · enabled UNIT · started UNIT
 */

export const recordFolder = '/var/lib/meshboard';
export const recordFile = `${recordFolder}/prepared`;
const script = `${recordFolder}/record.sh`;

/** What engines make besides their packages, for the whole machine: images, volumes, a key. */
const places =
	'/var/lib/docker /var/lib/containerd /var/lib/containers /etc/docker/key.json /etc/cni/net.d /etc/cni /etc/docker';
const podmanAtBoot = '.config/systemd/user/default.target.wants/podman-restart.service';

/** The program on the VM that runs a command and notes what it has changed. */
const recordProgram = `#!/bin/sh
# meshboard keeps what it does on this machine, so that it can be taken back: meshboard prepare --undo
# record.sh engine COMMAND… | record.sh account USER DIRECTORY COMMAND…
LC_ALL=C PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export LC_ALL PATH
umask 022; folder=${recordFolder}; mkdir -p $folder || exit
part=$1; shift
if [ "$part" = account ]; then user=$1 dir=$2; shift 2; fi

# Those that are there, each with its mode and its owner.
paths() {
	scope=$1; shift
	for path; do
		shift
		if [ -e "$path" ] || [ -h "$path" ]; then set -- "$@" "$path"; fi
	done
	if [ $# -gt 0 ]; then stat -c "path $scope %a %u:%g %n" "$@"; fi
}
# The same of a path and of all above it, up to the one given.
upwards() {
	scope=$1 top=$2 path=$3
	set --
	while [ "$path" != "$top" ]; do
		case $path in ?*/) path=\${path%/}; continue;; esac
		set -- "$@" "$path"
		case $path in / | .) break;; /*/*) path=\${path%/*};; /*) path=/;; */*) path=\${path%/*};; *) path=.;; esac
	done
	paths "$scope" "$@"
}
docker_group() {
	line=$(getent group docker) || return
	line=\${line#*:}; line=\${line#*:}; echo "group docker \${line%%:*}"
}
packages() {
	if command -v apt-get >/dev/null 2>&1; then dpkg-query -W -f '\${db:Status-Abbrev}\${Package}\\n' | sed -n 's/^.i. */package /p'
	else rpm -qa --qf 'package %{NAME}\\n'; fi | sort -u
}
engine() {
	packages
	for place in ${places}; do if [ -e "$place" ]; then echo "data $place"; fi; done
	docker_group
	if [ "$(systemctl is-enabled docker 2>/dev/null)" = enabled ]; then echo 'enabled docker'; fi
	if [ "$(systemctl is-active docker 2>/dev/null)" = active ]; then echo 'started docker'; fi
}
account() {
	upwards directory '' "$dir"
	docker_group
	uid=$(id -u "$user" 2>/dev/null) || return
	home=$(getent passwd "$user"); home=\${home%:*}; home=\${home##*:}
	echo "account $user $uid"
	password=$(getent shadow "$user" 2>/dev/null); password=\${password#*:}; password=\${password%%:*}
	case $password in '!' | '!!') echo "locked $user $password";; esac
	case " $(id -nG "$user") " in *' docker '*) echo "member $user docker";; esac
	if [ -e "/var/lib/systemd/linger/$user" ]; then echo "linger $user"; fi
	if [ -e "$home/.ssh/authorized_keys" ]; then sed -n "s/^[^#]/key $user &/p" "$home/.ssh/authorized_keys" 2>/dev/null; fi
	paths home "$home"
	if [ -d "$home/.ssh" ] && [ ! -h "$home/.ssh" ]; then
		# Names are the account's own choice: one with a line break is none that is there.
		find "$home/.ssh" | { set --; while read -r file; do set -- "$@" "$file"; done; paths home "$@"; }
	fi
	upwards home "$home" "$home/${podmanAtBoot}"
}
changed() {
	awk '
		{path = substr($0, length($1 $2 $3 $4) + 5)}
		NR == FNR {was[$0] = 1; if ($1 == "path") {mode[path] = $3; owner[path] = $4}; if ($1 == "locked") locked[$2] = $3; next}
		$1 == "locked" {still[$2] = 1; next}
		$1 == "path" {
			if (!(path in mode)) print $2 " made " path
			else {
				if (mode[path] != $3) print $2 " mode " mode[path] " " $3 " " path
				if (owner[path] != $4) print $2 " owner " owner[path] " " $4 " " path
			}
			next
		}
		!($0 in was)
		END {for (name in locked) if (!(name in still)) print "unlocked " name " " locked[name]}
	' "$was" "$now"
}

# What /etc/environment says of a proxy is for everybody, and sudo does not hand it on.
if [ -s /etc/environment ] && grep -qi '_proxy=' /etc/environment; then
	for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
		value=$(sed -n "s/^ *\\(export \\)\\{0,1\\}$name=//p" /etc/environment | tail -n 1 | tr -d '"' | tr -d "'")
		if [ -n "$value" ]; then export "$name=$value"; fi
	done
fi

was=$folder/before.$part now=$folder/after.$part
# What a command left that never came to its end, since the machine went down say, counts for the next one, for an hour.
if [ -f "$was" ]; then find "$was" -mmin +60 -exec rm -f {} +; fi
if [ ! -f "$was" ]; then { $part; true; } >"$was.new" && mv -f "$was.new" "$was" || exit; fi
env "$@"
code=$?
$part >"$now"; changed >>${recordFile} && rm -f "$was" "$now"
exit $code
`;

/** Brings the program to the VM. */
export const recordProgramFile = {path: script, mode: 0o755, owner: 'root', content: recordProgram} as const;

/** A command of root (no shell syntax outside of words) that changes the engine, its packages or its service, as it is recorded. */
export function recordedEngine(command: string): string {
	return `sh ${script} engine ${command}`;
}

/** The same for the account, what is its own, and the directory. */
export function recordedAccount(user: string, directory: string, command: string): string {
	return `${commandLine(['sh', script, 'account', user, directory])} ${command}`;
}
