/** Objects that give a user of the lab rights, in a namespace or everywhere, named after the user and what they are for. */
export function grant(
	user: 'viewer' | 'tenant',
	purpose: string,
	where: string | undefined,
	rules: readonly object[],
): readonly object[] {
	const metadata = {name: `${purpose}-${user}`, ...(where === undefined ? {} : {namespace: where})};
	const kind = where === undefined ? 'ClusterRole' : 'Role';
	const apiVersion = 'rbac.authorization.k8s.io/v1';
	return [
		{apiVersion, kind, metadata, rules},
		{
			apiVersion,
			kind: `${kind}Binding`,
			metadata,
			subjects: [{kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io'}],
			roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind, name: metadata.name},
		},
	];
}
