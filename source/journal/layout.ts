/** The events of a run, a JSON object a line. */
export const eventsFile = 'events.jsonl';

/** Which process writes a run, as processMark tells it. */
export const processFile = 'process';
