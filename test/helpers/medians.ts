/** Measures as often as that, one after the other; the median of each figure. */
export async function medians<Figures extends Readonly<Record<string, number>>>(
	times: number,
	once: () => Promise<Figures>,
): Promise<Figures> {
	const first = await once();
	const all = [first];
	while (all.length < times) all.push(await once());
	const middle = (name: keyof Figures) =>
		all.map((figures) => figures[name] ?? Number.NaN).toSorted((a, b) => a - b)[Math.floor(all.length / 2)];
	return Object.fromEntries(Object.keys(first).map((name) => [name, middle(name)])) as Figures;
}
