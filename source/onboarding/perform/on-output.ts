/** Output of a command that is shown, as it arrives. */
export type OnOutput = (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void;
