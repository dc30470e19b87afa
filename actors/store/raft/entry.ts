import { encodeRecord, payloadOf } from "../log/record.ts";

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

/** Whether a record's payload is an entry's. */
export function isEntry(payload: string): boolean {
  return payload.startsWith("E ");
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
