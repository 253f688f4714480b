/** What of the environment the program looks at, and why; a test knows that nothing is missing. */
export const environment: Readonly<Record<string, string>> = {
	MESHBOARD_PROFILE: 'The profile, where --profile names none.',
	MESHBOARD_THEME: 'Colours of the screens, where --theme names none.',
	MESHBOARD_COMPLETION_TIMEOUT: 'How long completion waits for live names (2s).',
	KUBECONFIG: 'Files of the cluster, as for kubectl.',
	'KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT':
		'The cluster of the pod that this is, where there is no kubeconfig.',
	'HTTPS_PROXY, HTTP_PROXY, NO_PROXY': 'The way to the API server, where the kubeconfig names none.',
	SSH_AUTH_SOCK: 'The agent whose keys are tried.',
	SSH_CONNECTION: 'Set where this is a session over SSH: the screens then draw less often.',
	'XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_CACHE_HOME': 'Folders for profiles, for runs, for compiled code.',
	'HOME, USERPROFILE, USER, LOGNAME': 'The home and the name of the user.',
	'VISUAL, EDITOR': 'What opens a text for changing.',
	'NO_COLOR, FORCE_COLOR, COLORTERM, TERM': 'How much colour is shown.',
	INK_SCREEN_READER: 'true: as --screen-reader.',
	COLORFGBG: 'Whether the background is light, where a terminal says so.',
	'LC_ALL, LC_CTYPE, LANG': 'Whether the terminal shows more than ASCII.',
};

export const files: Readonly<Record<string, string>> = {
	'$XDG_CONFIG_HOME/meshboard/config.json': 'Profiles; no secret is ever in it. Else below ~/.config.',
	'$XDG_STATE_HOME/meshboard/runs/<id>/':
		'A run: its events (journal and audit) and a log for each step. Else below ~/.local/state.',
	'~/.ssh/config, ~/.ssh/known_hosts, /etc/ssh/ssh_known_hosts': 'As for ssh(1).',
};
