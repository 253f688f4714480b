/** A property of a stream as the stream itself has it, for a proxy that answers another one: methods go on being the stream's. */
export function bound(target: object, name: string | symbol): unknown {
	const value: unknown = Reflect.get(target, name);
	return typeof value === 'function' ? value.bind(target) : value;
}
