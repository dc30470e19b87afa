import { encodeRecord, payloadOf } from "../log/record.ts";
import { type ConfigurationChange, decodeChange, encodeChange } from "./configuration_change.ts";

/** An entry of the log. Its record is what is written and sent; it is made once, by the leader. */
export interface Entry {
  readonly index: number;
  readonly term: number;
  readonly record: string;
}

/** Makes an entry of a command's text. */
export function createEntry(index: number, term: number, command: string): Entry {
  return { index, term, record: encodeRecord(`E ${index} ${term} ${command}`) };
}

/** Makes an entry that changes the configuration. */
export function createChangeEntry(index: number, term: number, change: ConfigurationChange): Entry {
  return { index, term, record: encodeRecord(`K ${index} ${term} ${encodeChange(change)}`) };
}

/** Whether a record's payload is an entry's. */
export function isEntry(payload: string): boolean {
  return payload.startsWith("E ") || payload.startsWith("K ");
}

/** Whether an entry changes the configuration; all others are commands. */
export function isChangeEntry({ record }: Entry): boolean {
  return record.charCodeAt(record.indexOf(" ", 9) + 1) === changeLetter;
}

const changeLetter = "K".charCodeAt(0);

/** The change of the configuration in an entry. */
export function changeOf(entry: Entry): ConfigurationChange {
  return decodeChange(commandText(entry));
}

/** Reads an entry's record. */
export function readEntry(record: string): Entry {
  const start = record.indexOf(" ", 9) + 3;
  const middle = record.indexOf(" ", start);
  const index = Number(record.slice(start, middle));
  const term = Number(record.slice(middle + 1, record.indexOf(" ", middle + 1)));
  return { index, term, record };
}

/** The command's text in an entry. */
export function commandText({ record }: Pick<Entry, "record">): string {
  const payload = payloadOf(record);
  return payload.slice(payload.indexOf(" ", payload.indexOf(" ", 2) + 1) + 1);
}
