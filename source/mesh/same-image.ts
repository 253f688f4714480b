/**
 * The full name of an image, as engines understand a short one (distribution/reference, normalize.go): Docker's own registry where none is
 * named, `library/` where there is no folder, the tag `latest` where there is none. `docker save` writes the short one.
 */
export function fullImageName(name: string): string {
	const [first = '', ...rest] = name.split('/');
	const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
	const registry = hasRegistry ? first.replace(/^index\.docker\.io$/, 'docker.io') : 'docker.io';
	const path = hasRegistry ? rest.join('/') : name;
	const folder = registry === 'docker.io' && !path.includes('/') ? 'library/' : '';
	const tagged = /[:@][^/]*$/.test(path) ? path : `${path}:latest`;
	return `${registry}/${folder}${tagged}`;
}
