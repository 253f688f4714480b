const label = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
const dnsLabel = new RegExp(`^${label}$`);
const dnsName = new RegExp(`^${label}(?:\\.${label})*$`);
const qualified = /^(?:([^/]+)\/)?([A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)$/;

/** A DNS-1123 label, as names of ports and namespaces are. */
export function isDnsLabel(text: string): boolean {
	return dnsLabel.test(text);
}

/** A DNS-1123 subdomain, as names of objects are; at most 253 characters. */
export function isDnsName(text: string): boolean {
	return text.length <= 253 && dnsName.test(text);
}

/** A fully qualified domain name as Istio's validation takes it: letters of both cases, one dot at the end allowed. */
export function isFqdn(text: string): boolean {
	return (
		text.length <= 255 &&
		/^[A-Za-z0-9_](?:[-A-Za-z0-9_]{0,61}[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[-A-Za-z0-9_]{0,61}[A-Za-z0-9_])?)*\.?$/.test(
			text,
		)
	);
}

/** A label key: an optional DNS prefix and a name of at most 63 characters. */
export function isLabelKey(text: string): boolean {
	const found = qualified.exec(text);
	return found !== null && (found[1] === undefined || isDnsName(found[1]));
}

/** A label value: empty, or at most 63 characters. */
export function isLabelValue(text: string): boolean {
	return text === '' || /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(text);
}
