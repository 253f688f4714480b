import {type EntryDraft, type EntryField, entryQuestions} from '../build/entry.ts';

/** `service_account`, `Service Account` and `serviceaccount` are one word. */
const plain = (word: string) => word.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** What people call a field beside its own name. */
const others: ReadonlyArray<readonly [string, EntryField]> = [
	['ip', 'address'],
	['sa', 'serviceAccount'],
	['version', 'appVersion'],
	['user', 'sshUser'],
	['port', 'sshPort'],
	['proxyinstanceip', 'instanceIp'],
	['proxyconfigdir', 'configDir'],
	['proxycontainername', 'containerName'],
	['proxyimagehub', 'imageHub'],
];

const fields = new Map<string, EntryField>([
	...others,
	...(Object.keys(entryQuestions) as EntryField[]).map((field) => [plain(field), field] as const),
]);

/** The field that a column or variable is for, however it is written; undefined when it is for none. */
export function fieldOf(word: string): EntryField | undefined {
	return fields.get(plain(word));
}

/** What columns or variables say of an entry. Of two for the same field the later one that is not empty counts. */
export function fieldsOf(record: Readonly<Record<string, string>>): EntryDraft {
	const draft: Partial<Record<EntryField, string>> = {};
	for (const [word, value] of Object.entries(record)) {
		const field = fieldOf(word);
		if (field !== undefined && value.trim() !== '') draft[field] = value.trim();
	}
	return draft;
}
