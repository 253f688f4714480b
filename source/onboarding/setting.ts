/** One value of a target as a plan shows it: the name, the value in words, and where it came from (empty where nothing gave it). */
export type Setting = {readonly name: string; readonly value: string; readonly source: string};
