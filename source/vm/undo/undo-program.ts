import {recordFile, recordFolder} from './record.ts';

/** Packages that were asked for by name: what else came with them is not wanted for itself. */
const engines = 'docker.io|docker-ce|docker|moby-engine|podman';

/**
 * The program on the VM that takes back what is recorded, and nothing else. It looks at each thing right before it takes it away: what is
 * no longer as it was left, or is used, stays. Of each it prints a line, `undone WHAT: HOW` or `left WHAT|why`; what is undone leaves the record.
 * It goes with the record when nothing of that is left.
 */
export const undoScript = `${recordFolder}/undo.sh`;

const begin = `#!/bin/sh
# meshboard takes back what it did on this machine: meshboard prepare --undo
# undo.sh directory USER DIRECTORY | account | engine docker|podman IMAGE
LC_ALL=C PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export LC_ALL PATH
umask 022; record=${recordFile}; cd ${recordFolder} || exit
: >>$record

# The lines of a kind, the last first and each once.
of() { sed -n "s|^$1 ||p" $record | awk '!seen[$0]++ {line[++n] = $0} END {while (n) print line[n--]}'; }
recorded() { grep -qxF -- "$1" $record; }
forget() { grep -vxF -- "$1" $record >$record.new; mv -f $record.new $record; }
undone() { forget "$1"; if [ -n "$2" ]; then echo "undone $2"; fi; }
left() { echo "left $1|$2"; }
few() { head -n 3 | tr '\\n' ' '; }
`;

const paths = `
# Nothing is followed that somebody may have laid in the way since.
straight() { [ "$(readlink -f "$(dirname "$1")")" = "$(dirname "$1")" ]; }
paths() {
	of "$1 made" | sort -r | while read -r path; do
		line="$1 made $path"
		if ! straight "$path"; then left "$path" "a link leads elsewhere by now"
		elif [ -h "$path" ]; then rm -f "$path" && undone "$line" "$path: removed"
		elif [ -d "$path" ]; then
			if rmdir "$path" 2>/dev/null; then undone "$line" "$path: removed"
			else held=$(ls -A "$path" | few); left "$path" "\${held:+it holds }\${held:-it is in use}"; fi
		elif [ -s "$path" ]; then left "$path" "it has content of others"
		elif [ -e "$path" ]; then rm -f "$path" && undone "$line" "$path: removed"
		else undone "$line"; fi
	done
	for what in mode owner; do of "$1 $what" | while read -r was now path; do
		line="$1 $what $was $now $path"
		format=%a; if [ $what = owner ]; then format=%u:%g; fi
		is=$(stat -c $format "$path" 2>/dev/null)
		if recorded "$1 made $path"; then continue; fi
		if [ -z "$is" ] || [ "$is" = "$was" ]; then undone "$line"
		elif [ "$is" != "$now" ]; then left "$what of $path" "it is $is by now"
		elif [ -h "$path" ] || ! straight "$path"; then left "$what of $path" "a link leads elsewhere by now"
		elif [ $what = mode ]; then chmod "$was" "$path" && undone "$line" "mode of $path: $was again"
		else chown -h "$was" "$path" && undone "$line" "owner of $path: $was again"; fi
	done; done
}
`;

const account = `
ours() { grep -q "^account $1 " $record; }
takeBackKey() {
	# As the account itself, so that root follows no link that it laid.
	if printf '%s\\n' "$2" | su -s /bin/sh -c 'read -r line; cd ~/.ssh && grep -qxF -- "$line" authorized_keys && { grep -vxF -- "$line" authorized_keys >authorized_keys.new; cat authorized_keys.new >authorized_keys; rm -f authorized_keys.new; }' "$1" 2>/dev/null
	then undone "key $1 $2" "public key of $1: no longer let in"; else undone "key $1 $2"; fi
}
strange() { # What a home holds that came neither with the account nor with us.
	cd "$1" && find . -path ./.local/share/containers -prune -o ! -type d -print | while read -r file; do
		case $file in
		./.config/systemd/user/default.target.wants/podman-restart.service | ./.cache/containers/* | ./.config/cni/net.d/cni.lock) continue;;
		./.ssh/authorized_keys)
			if [ "$(of "key $2" | grep -vxFf - "$file" | grep -c .)" = 0 ]; then continue; fi;;
		esac
		if [ -f "/etc/skel/$file" ] && cmp -s "/etc/skel/$file" "$file"; then continue; fi
		echo "\${file#./}"
	done
}
runs() { for process in /proc/[0-9]*; do if [ "$(stat -c %u "$process" 2>/dev/null)" = "$1" ]; then cat "$process/comm"; fi; done 2>/dev/null | sort -u | few; }
takeBackAccount() {
	line="account $1 $2" home=$(getent passwd "$1" | cut -d: -f6)
	if [ "$(id -u "$1" 2>/dev/null)" != "$2" ]; then undone "$line"; return; fi
	if [ -n "$(of directory)" ]; then left "account $1" 'the directory that belongs to it stays'; return; fi
	if grep -qs '"id"' "$home"/.local/share/containers/storage/*-containers/containers.json; then left "account $1" 'it has containers'; return; fi
	# What systemd runs for an account ends 10 s after its last session.
	for second in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do busy=$(runs "$2"); if [ "$busy" = '(sd-pam) systemd ' ]; then sleep 1; else break; fi; done
	if [ -n "$busy" ]; then left "account $1" "it runs $busy"; return; fi
	files=$(strange "$home" "$1" | few); if [ -n "$files" ]; then left "account $1" "its home holds $files"; return; fi
	userdel --remove "$1" 2>/dev/null
	if id -u "$1" >/dev/null 2>&1; then left "account $1" 'userdel does not remove it'; return; fi
	awk -v name="$1" -v home="$home" '
		($1 == "key" || $1 == "member" || $1 == "unlocked") && $2 == name {next}
		$1 == "home" && ($NF == home || index($NF, home "/") == 1) {next}
		{print}' $record >$record.new && mv -f $record.new $record
	undone "$line" "account $1: removed with its home"
}
account() {
	of linger | while read -r user; do
		loginctl disable-linger "$user" 2>/dev/null
		if ours "$user"; then loginctl terminate-user "$user" 2>/dev/null; sleep 1; fi
		undone "linger $user" "$user: no longer lingers"
	done
	of account | while read -r user uid; do takeBackAccount "$user" "$uid"; done
	# An account that was there before keeps all but what was given to it.
	of key | while read -r user key; do if ! ours "$user"; then takeBackKey "$user" "$key"; fi; done
	if [ -z "$(of account)" ]; then paths home; fi
	of member | while read -r user group; do
		if ours "$user"; then continue; fi
		if id -nG "$user" 2>/dev/null | tr ' ' '\\n' | grep -qx "$group"; then gpasswd -d "$user" "$group" >/dev/null || continue; fi
		undone "member $user $group" "$user: no longer in group $group"
	done
	of unlocked | while read -r user was; do
		if ours "$user"; then continue; fi
		if [ "$(getent shadow "$user" | cut -d: -f2)" = '*' ]; then usermod --password "$was" "$user" || continue; fi
		undone "unlocked $user $was" "$user: locked again"
	done
}
`;

const engine = `
# The application that was started as an example, with its image where that came with it.
examples() {
	for id in $("$@" ps -aq --filter label=meshboard 2>/dev/null); do
		name=$("$@" inspect -f '{{.Name}}' "$id" | tr -d /) label=$("$@" inspect -f '{{index .Config.Labels "meshboard"}}' "$id")
		image=$("$@" inspect -f '{{.Config.Image}}' "$id")
		if "$@" rm -f "$id" >/dev/null; then echo "undone container $name: removed"; fi
		if [ "$label" = example-with-image ] && "$@" rmi "$image" >/dev/null 2>&1; then echo "undone image $image: removed"; fi
	done
}
# What others use the engine for; the proxy's own image is ours.
used() {
	if [ "$1" = docker ] && command -v docker >/dev/null 2>&1; then
		if names=$(timeout 20 docker ps -a --format '{{.Names}}' 2>/dev/null); then
			own=$(docker image inspect -f '{{.Id}}' "$2" 2>/dev/null)
			images=$(docker images -q --no-trunc | sort -u | grep -cvxF -- "\${own:-none}")
			volumes=$(docker volume ls -q 2>/dev/null | grep -c .)
			if [ -n "$names" ]; then echo "it has containers: $(echo "$names" | few)"
			elif [ "$images" != 0 ]; then echo 'it has images of others'
			elif [ "$volumes" != 0 ]; then echo 'it has volumes'; fi
		elif [ -n "$(ls -A /var/lib/docker/containers 2>/dev/null)" ]; then echo 'it has containers, and does not run'; fi
	elif [ "$1" = podman ]; then
		getent passwd | cut -d: -f6 | sort -u | while read -r home; do
			if grep -qs '"id"' "$home"/.local/share/containers/storage/*-containers/containers.json; then echo "containers in $home"; fi
		done | head -n 1
		if grep -qs '"id"' /var/lib/containers/storage/*-containers/containers.json; then echo 'root has containers'; fi
	fi
}
apt() { command -v apt-get >/dev/null 2>&1; }
installed() {
	if apt; then dpkg-query -W -f '\${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^.[^n]'; else rpm -q "$1" >/dev/null 2>&1; fi
}
among() { printf '%s\\n' $names | grep -qxF -- "$1"; }
would() {
	apt-get -s -o APT::AutoRemove::RecommendsImportant=0 -o APT::AutoRemove::SuggestsImportant=0 purge "$@" |
		awk '$1 == "Purg" || $1 == "Remv" {sub(/:.*/, "", $2); print $2}'
}
foreign() { would $names | while read -r name; do among "$name" || echo "$name"; done | few; }
packages() {
	names= asked=
	if apt; then manual=$(apt-mark showmanual | sed 's/:.*//'); fi
	for name in $(of package); do
		echo "$name" | grep -qx '[A-Za-z0-9][A-Za-z0-9.+_-]*' || continue
		if ! installed "$name"; then undone "package $name"; continue; fi
		if echo "$name" | grep -qxE '${engines}'; then asked="$asked $name"
		elif printf '%s\\n' "$manual" | grep -qxF -- "$name"; then left "package $name" 'somebody has asked for it since'; continue; fi
		names="$names $name"
	done
	if [ -z "$names" ]; then return; fi
	if apt; then
		others=$(foreign)
		# Then only what came with the engine and nobody else needs.
		if [ -n "$others" ] && [ -n "$asked" ]; then
			all=$names names=$(would --auto-remove $asked | while read -r name; do if recorded "package $name"; then echo "$name"; fi; done)
			for name in $all; do among "$name" || left "package $name" "others need it: $others"; done
			others=$(foreign)
		fi
		if [ -n "$others" ]; then for name in $names; do left "package $name" "others need it: $others"; done; return; fi
		env DEBIAN_FRONTEND=noninteractive apt-get purge -y $names || exit
	else
		if ! words=$(rpm -e --test $names 2>&1); then for name in $names; do left "package $name" "$(echo $words)"; done; return; fi
		rpm -e $names || exit
	fi
	for name in $names; do undone "package $name" "package $name: removed"; done
}
engine() {
	if [ "$1" = docker ]; then examples docker; fi
	why=$(used "$1" "$2"); if [ -n "$why" ]; then left "$1" "$why"; return; fi
	for what in started enabled; do of $what | while read -r unit; do
		if [ -z "$(of package)" ]; then
			if [ $what = started ]; then systemctl stop "$unit.socket" "$unit" 2>/dev/null; else systemctl disable "$unit" 2>/dev/null; fi
			undone "$what $unit" "service $unit: no longer $what"
		fi
	done; done
	packages
	if of package | grep -qxE '${engines}'; then return; fi
	of enabled | while read -r unit; do undone "enabled $unit"; done
	of started | while read -r unit; do undone "started $unit"; done
	of data | sort -r | while read -r place; do
		case $place in
		/var/lib/*) rm -rf "$place"/* "$place"/.[!.]*; rmdir "$place" 2>/dev/null;;
		*) rm -f "$place/cni.lock" "$place" 2>/dev/null || rmdir "$place" 2>/dev/null;;
		esac
		if [ -e "$place" ] && [ -n "$(ls -A "$place")" ]; then left "$place" 'it has content of others'; else undone "data $place" "$place: removed"; fi
	done
	of group | while read -r name gid; do
		found=$(getent group "$name")
		if [ "$(echo "$found" | cut -d: -f3)" != "$gid" ]; then undone "group $name $gid"
		elif [ -n "\${found##*:}" ]; then left "group $name" "its members: \${found##*:}"
		elif groupdel "$name"; then undone "group $name $gid" "group $name: removed"
		else left "group $name" 'groupdel does not remove it'; fi
	done
}
`;

const end = `
case $1 in
# What a command did that never came to its end is noted first.
directory) if [ -f before.account ]; then sh record.sh account "$2" "$3" true; fi; paths directory;;
account) account;;
engine) if [ -f before.engine ]; then sh record.sh engine true; fi; engine "$2" "$3";;
esac
if [ ! -s $record ] && [ ! -f before.engine ]; then cd / && rm -rf ${recordFolder}; fi
`;

export const undoProgram = [begin, paths, account, engine, end].join('');
