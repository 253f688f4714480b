export type Shell = 'bash' | 'zsh' | 'fish';

/** Words are read from the line itself: bash parts them at `:`, `=` and `@` too, which names of contexts hold. */
const bash = `# bash completion of meshboard: source <(meshboard completion bash)
_meshboard() {
	local line=\${COMP_LINE:0:COMP_POINT} word='' raw='' quote='' begun='' character i
	local -a words=() files=()
	for ((i = 0; i < \${#line}; i++)); do
		character=\${line:i:1}
		if [[ -z $quote && $character == [$' \\t'] ]]; then
			[[ -n $begun ]] && words+=("$word")
			word='' raw='' begun=''
			continue
		fi
		begun=1 raw+=$character
		if [[ $character == \\\\ && $quote != "'" ]]; then
			((i++))
			word+=\${line:i:1} raw+=\${line:i:1}
		elif [[ -n $quote && $character == "$quote" ]]; then
			quote=''
		elif [[ -z $quote && $character == [\\"\\'] ]]; then
			quote=$character
		else
			word+=$character
		fi
	done
	local out directive value strip=\${raw%"$2"}
	out=$(command meshboard __complete "\${words[@]:1}" "$word" 2>/dev/null) || return
	directive=\${out##*:}
	COMPREPLY=()
	while IFS=$'\\t' read -r value _; do
		[[ -n $value ]] || continue
		if [[ $raw == *[\\"\\']* ]]; then
			[[ $value == *[!A-Za-z0-9_@%+=:,./\\ -]* ]] && continue
		else
			printf -v value %q "$value"
		fi
		COMPREPLY+=("\${value#"$strip"}")
	done <<<"\${out%":$directive"}"
	((directive & 2)) && compopt -o nospace
	if ((!(directive & 4))); then
		if ((directive & 16)); then mapfile -t files < <(compgen -d -- "$2"); else mapfile -t files < <(compgen -f -- "$2"); fi
		COMPREPLY+=("\${files[@]}")
		compopt -o filenames
	fi
}
complete -F _meshboard meshboard
`;

const zsh = `#compdef meshboard
# zsh completion of meshboard: source <(meshboard completion zsh), after compinit; or as the file _meshboard in a folder of $fpath
_meshboard() {
	local out directive line value found=1
	local -a described space
	out=$(command meshboard __complete "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null) || return 1
	directive=\${out##*:}
	for line in "\${(@f)out%:$directive}"; do
		value=\${line%%$'\\t'*}
		[[ -n $value ]] || continue
		value=\${value//\\\\/\\\\\\\\}
		described+=("\${value//:/\\\\:}:\${line#*$'\\t'}")
	done
	((directive & 2)) && space=(-S '')
	((\${#described})) && _describe -t meshboard meshboard described "\${space[@]}" && found=0
	if ((!(directive & 4))); then
		[[ $PREFIX == --*=* ]] && compset -P '*='
		if ((directive & 16)); then _files -/ && found=0; else _files && found=0; fi
	fi
	return found
}
if [[ $funcstack[1] == _meshboard ]]; then _meshboard "$@"; else compdef _meshboard meshboard; fi
`;

const fish = `# fish completion of meshboard: meshboard completion fish | source
function __meshboard_complete
	set -l words (commandline -opc)
	set -l current (commandline -ct)
	set -l out (command meshboard __complete $words[2..] "$current" 2>/dev/null)
	or return
	set -l directive (string sub -s 2 -- $out[-1])
	set -e out[-1]
	printf '%s\\n' $out
	if test (math "bitand($directive, 4)") -eq 0
		set -l path (string replace -r -- '^--[^=]*=' '' "$current")
		set -l before (string match -r -- '^--[^=]*=' "$current")
		if test (math "bitand($directive, 16)") -ne 0
			printf "$before%s\\n" (__fish_complete_directories "$path")
		else
			printf "$before%s\\n" (__fish_complete_path "$path")
		end
	end
end
complete -c meshboard -f -k -a '(__meshboard_complete)'
`;

/**
 * The scripts that tie `meshboard __complete` to the shells. What comes from it is never evaluated: bash gets it quoted (%q), zsh and
 * fish quote what they insert by themselves.
 */
export const scripts: Readonly<Record<Shell, string>> = {bash, zsh, fish};
