/** Where a command is typed. */
export type Typed = {readonly where: 'here' | 'vm'; readonly command: string};

const object = '([\\w.-]+)/([\\w.-]+)';
const kinds = 'workloadentry|workloadgroup|service|serviceentry|sidecar|configmap|gateway|virtualservice|pod';
const programs =
	/^(?:sudo |\S+=\S+ )*(?:docker|podman|ss|ip|id|getent|stat|df|systemctl|journalctl|uname|date|test|tail|curl|iptables|nft|sysctl|timedatectl)(?: |$)/;

/** In order: the first that fits. What a source is called: source/onboarding, source/diagnosis/causes. */
const forms: ReadonlyArray<readonly [RegExp, (...parts: string[]) => Typed]> = [
	[
		new RegExp(`^(${kinds})[ /]${object}(?:,.*)?$`),
		(kind = '', namespace = '', name = '') => here(`kubectl get ${kind} ${name} -n ${namespace} -o yaml`),
	],
	[/^([a-z]+ -n [\w.-]+(?: -l \S+)?)$/, (words = '') => here(`kubectl get ${words}`)],
	[/^namespace ([\w.-]+)$/, (name = '') => here(`kubectl get namespace ${name} -o yaml`)],
	[/^customresourcedefinition ([\w.-]+)$/, (name = '') => here(`kubectl get crd ${name}`)],
	[
		/^(?:[\w-]+ )?(\/debug\/\w+)(?:[, ].*)?$/,
		(path = '') => here(`kubectl exec -n istio-system deploy/istiod -- pilot-discovery request GET ${path}`),
	],
	[/^(?:GET )?(?:http:\/\/)?(127\.0\.0\.1:\d+\/\S*)(?: on the VM)?$/, (url = '') => onVm(`curl -s 'http://${url}'`)],
	// What is in a token or a key is shown to nobody.
	[/^(\/[\w./-]+)$/, (path = '') => onVm(/token|key/.test(path) ? `ls -l ${path}` : `cat ${path}`)],
];

/** The command that gets what a piece of evidence says, where its source names one; undefined: it is told in words only. Pure. */
export function evidenceCommand(source: string): Typed | undefined {
	for (const [form, typed] of forms) {
		const match = form.exec(source);
		if (match !== null) return typed(...match.slice(1).map((part) => part ?? ''));
	}
	const command = source.replace(/ on the VM$/, '').replace(/, [A-Z]\w+$/, '');
	// `docker container inspect` alone names no container.
	return programs.test(command) && !command.endsWith('inspect') ? onVm(command) : undefined;
}

function here(command: string): Typed {
	return {where: 'here', command};
}

function onVm(command: string): Typed {
	return {where: 'vm', command};
}
