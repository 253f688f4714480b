const mebibyte = 1024;

/** A size in KiB for people: `850 MiB`, `66 GiB`. */
export function readableSize(kib: number): string {
	return kib < 1024 * mebibyte ? `${Math.floor(kib / mebibyte)} MiB` : `${Math.floor(kib / mebibyte / 1024)} GiB`;
}
