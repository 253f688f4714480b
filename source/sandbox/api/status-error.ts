/** A failure as the API server answers it: a `Status` of v1 (apimachinery, pkg/api/errors). */
export class StatusError extends Error {
	override readonly name = 'StatusError';
	readonly code: number;
	readonly reason: string;
	readonly details: Readonly<Record<string, unknown>> | undefined;

	constructor(code: number, reason: string, message: string, details?: Readonly<Record<string, unknown>>) {
		super(message);
		this.code = code;
		this.reason = reason;
		this.details = details;
	}

	toJSON(): Readonly<Record<string, unknown>> {
		return {
			kind: 'Status',
			apiVersion: 'v1',
			metadata: {},
			status: 'Failure',
			message: this.message,
			reason: this.reason,
			...(this.details === undefined ? {} : {details: this.details}),
			code: this.code,
		};
	}
}

export function notFound(resource: string, name: string): StatusError {
	const [kind, ...group] = resource.split('.');
	return new StatusError(404, 'NotFound', `${resource} ${JSON.stringify(name)} not found`, {
		name,
		...(group.length === 0 ? {} : {group: group.join('.')}),
		kind,
	});
}

/** The path leads nowhere: a kind that is not served. */
export function noSuchPath(): StatusError {
	return new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function badRequest(message: string): StatusError {
	return new StatusError(400, 'BadRequest', message);
}

export function expired(message: string): StatusError {
	return new StatusError(410, 'Expired', message);
}
