/** An Envoy's config_dump can be 50 MB, and nothing that meshboard asks for is near that: an answer of more is not kept; in bytes. */
export const answerLimit = 64 * 1024 * 1024;

/** What is said of one that is larger. */
export const answerTooLarge = 'the answer is larger than 64 MiB';
