import {Option} from 'commander';

/** Every form that a command can print in; a command takes those that fit. */
export type OutputFormat = 'text' | 'wide' | 'json' | 'yaml' | 'ndjson' | 'name' | 'markdown';

/**
 * The flag `-o, --output` of a command; the first format is the default, and a word that is none of them is a usage error.
 * `short: false` leaves `-o` free, for `bootstrap`, where it is tctl's `--archive`.
 */
export function outputOption(
	formats: readonly [OutputFormat, ...OutputFormat[]],
	{short = true}: {readonly short?: boolean} = {},
): Option {
	return new Option(`${short ? '-o, ' : ''}--output <format>`, 'form of the output')
		.choices(formats)
		.default(formats[0]);
}
