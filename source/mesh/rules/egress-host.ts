import {isAnyCaseLabel, isPartialWildcard, wildcardDomainFault} from './words.ts';

/**
 * The rules that a host of a Sidecar's egress breaks, in istiod's words (istio/istio, pkg/config/validation/agent/validation.go,
 * ValidateNamespaceSlashWildcardHostname).
 */
export function egressHostFaults(host: string): readonly string[] {
	const slash = host.indexOf('/');
	if (slash < 0) return ['host must be of form namespace/dnsName'];
	const [namespace, name] = [host.slice(0, slash), host.slice(slash + 1)];
	const word = namespace.startsWith('~') ? namespace.slice(1) : namespace;
	const domain = wildcardDomainFault(name);
	return [
		...(namespace === '' || name === '' ? ['config namespace and dnsName in host entry cannot be empty'] : []),
		...(['', '*', '.'].includes(word) || isAnyCaseLabel(word)
			? []
			: [`invalid namespace value ${JSON.stringify(namespace)} in sidecar`]),
		...(name === '*' || name.includes('.') ? [] : ['short names (non FQDN) are not allowed']),
		...(domain === undefined ? [] : [domain]),
		...(isPartialWildcard(name) ? [`partial wildcard ${JSON.stringify(name)} not allowed`] : []),
	];
}
