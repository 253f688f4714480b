export type IstioVersion = {readonly text: string; readonly major: number; readonly minor: number};

/** `1.28.0-6b3e…-Clean`, `1.28-dev`; undefined where it is none. */
export function versionOf(text = ''): IstioVersion | undefined {
	const [whole, major, minor] = /^v?(\d+)\.(\d+)(?:\.\d+)?(?=[-+.\s]|$)/.exec(text.trim()) ?? [];
	return whole === undefined ? undefined : {text: whole, major: Number(major), minor: Number(minor)};
}

/** The tag of an image; empty where it has none. */
export function tagOf(image: string): string {
	return /:([^:/@]+)(?:@.*)?$/.exec(image)?.[1] ?? '';
}

/** A proxy may be one minor version behind its istiod, and never ahead (istio.io, releases/supported-releases). */
export function fitsIstiod(proxy: IstioVersion, istiod: IstioVersion): boolean {
	const behind = istiod.minor - proxy.minor;
	return istiod.major === proxy.major && behind >= 0 && behind <= 1;
}
