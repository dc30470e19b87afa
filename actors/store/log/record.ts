import { crc32 } from "./crc32.ts";

/**
 * A record of the store's files: one line, `CRC32 LENGTH PAYLOAD`, the checksum in 8 hexadecimal digits and the length
 * in code units of the payload as it stands in the line. A payload's own line feeds are escaped, so a line feed is
 * always the end of a record, and a file that ends without one was torn.
 */
export function encodeRecord(payload: string): string {
  const line = needsEscape(payload) ? escaped(payload) : payload;
  return `${crc32(line).toString(16).padStart(8, "0")} ${line.length} ${line}\n`;
}

/** The payload of a record that is known to be whole: its checksum is not looked at. */
export function payloadOf(record: string): string {
  const line = record.slice(record.indexOf(" ", checksumLength + 1) + 1, -1);
  return line.includes(escapeSign) ? unescaped(line) : line;
}

/** What a file of records holds. */
export interface RecordScan {
  readonly records: readonly string[];
  /** How many code units of the text are whole records; what follows them is a torn record. */
  readonly goodLength: number;
}

/**
 * Reads a file of records. A crash can tear only what was being appended, so only the end of the last record may be
 * missing (or not yet written: zeros); anything else that is broken was whole once and has been altered since.
 *
 * @throws Error when a record was altered
 */
export function scanRecords(text: string, file: string): RecordScan {
  const records: string[] = [];
  let position = 0;
  while (position < text.length) {
    const lineFeed = text.indexOf("\n", position);
    if (lineFeed < 0) break;
    const record = text.slice(position, lineFeed + 1);
    const fault = faultOf(record);
    if (fault !== undefined) {
      if (lineFeed === text.length - 1 && record.includes("\0")) break;
      throw new Error(`Cannot read ${file}: the record at ${position} is corrupt (${fault})`);
    }
    records.push(detached(record));
    position = lineFeed + 1;
  }
  return { records, goodLength: position };
}

/** A copy: a piece of a text keeps the whole text in memory for as long as any value in it is used. */
function detached(record: string): string {
  return ` ${record}`.slice(1);
}

const checksumLength = 8;
const escapeSign = "\u0001";

function faultOf(record: string): string | undefined {
  const end = record.indexOf(" ", checksumLength + 1);
  if (record[checksumLength] !== " " || end < 0) return "no header";
  const length = Number(record.slice(checksumLength + 1, end));
  if (length !== record.length - end - 2) return `length ${record.length - end - 2} instead of ${length}`;
  const found = crc32(record.slice(end + 1, -1))
    .toString(16)
    .padStart(checksumLength, "0");
  return record.startsWith(found) ? undefined : `checksum ${found} instead of ${record.slice(0, checksumLength)}`;
}

function needsEscape(payload: string): boolean {
  return payload.includes("\n") || payload.includes(escapeSign);
}

function escaped(payload: string): string {
  return payload.replaceAll(escapeSign, `${escapeSign}1`).replaceAll("\n", `${escapeSign}n`);
}

function unescaped(line: string): string {
  return line.replaceAll(`${escapeSign}n`, "\n").replaceAll(`${escapeSign}1`, escapeSign);
}
