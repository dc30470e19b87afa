/**
 * The archives of `tar`: a header of 512 bytes for each member, and its bytes, filled up to 512. Bytes are a character
 * each.
 *
 * Source: POSIX `pax`, "ustar Interchange Format" and "pax Extended Header"; GNU tar's long names.
 */

/** A member of an archive. */
export interface Member {
  readonly name: string;
  readonly kind: "file" | "folder" | "link" | "other";
  readonly mode: number;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Of a link. */
  readonly target: string;
  /** What else an archive that was read says of it. */
  readonly read?: { readonly typeflag: string; readonly bits: number; readonly uid: number; readonly gid: number };
}

/** What a header says: a member, something about the next member, or that the archive ends. */
export type Header =
  | { readonly type: "member"; readonly member: Member }
  | { readonly type: "about"; readonly about: "name" | "target" | "pax"; readonly sizeBytes: number }
  | { readonly type: "end" }
  | { readonly type: "invalid" };

export const blockBytes = 512;
const nameBytesMax = 100;
const kinds: Readonly<Record<string, Member["kind"]>> = {
  "0": "file",
  "\0": "file",
  "7": "file",
  "5": "folder",
  "2": "link",
};
const letters: Readonly<Record<Member["kind"], string>> = { file: "0", folder: "5", link: "2", other: "0" };

/** How many bytes fill up the last block. */
export function fillBytes(sizeBytes: number): number {
  return (blockBytes - (sizeBytes % blockBytes)) % blockBytes;
}

/** The header of a member, with what has to come before it when its names are too long for one. */
export function headerOf({ name, kind, mode, sizeBytes, modifiedMs, target }: Member): string {
  const long = (text: string, letter: string) =>
    text.length > nameBytesMax ? withContent("././@LongLink", letter, `${text}\0`) : "";
  const fields = { mode, sizeBytes, seconds: Math.max(0, Math.floor(modifiedMs / 1000)), letter: letters[kind] };
  return long(name, "L") + long(target, "K") + block(name, target, fields);
}

/** The end of an archive. */
export const archiveEnd = "\0".repeat(2 * blockBytes);

function withContent(name: string, letter: string, content: string): string {
  const sizeBytes = content.length;
  return block(name, "", { mode: 0, sizeBytes, seconds: 0, letter }) + content + "\0".repeat(fillBytes(sizeBytes));
}

function block(
  name: string,
  target: string,
  fields: { readonly mode: number; readonly sizeBytes: number; readonly seconds: number; readonly letter: string },
): string {
  const number = (value: number, length: number) => `${value.toString(8).padStart(length - 1, "0")}\0`;
  const text = (value: string, length: number) => value.slice(0, length).padEnd(length, "\0");
  const before =
    text(name, nameBytesMax) +
    number(fields.mode, 8) +
    number(0, 8) +
    number(0, 8) +
    number(fields.sizeBytes, 12) +
    number(fields.seconds, 12);
  const owner = text("root", 32);
  const after = `${fields.letter}${text(target, nameBytesMax)}ustar\x0000${owner}${owner}${number(0, 8)}${number(0, 8)}`;
  const rest = after.padEnd(blockBytes - before.length - 8, "\0");
  const sum = checksum(`${before}        ${rest}`);
  return `${before}${sum.toString(8).padStart(6, "0")}\0 ${rest}`;
}

function checksum(bytes: string): number {
  let sum = 0;
  for (let at = 0; at < blockBytes; at++) sum += bytes.charCodeAt(at);
  return sum;
}

/** Reads a header. */
export function readHeader(bytes: string): Header {
  if (!/[^\0]/.test(bytes)) return { type: "end" };
  const sum = numberAt(bytes, 148, 8);
  const blank = `${bytes.slice(0, 148)}        ${bytes.slice(156)}`;
  const sizeBytes = numberAt(bytes, 124, 12);
  if (bytes.length !== blockBytes || sum !== checksum(blank) || sizeBytes === undefined) return { type: "invalid" };
  const letter = bytes[156] ?? "";
  const about = { L: "name", K: "target", x: "pax", g: "pax" } as const;
  if (letter === "L" || letter === "K" || letter === "x" || letter === "g")
    return { type: "about", about: about[letter], sizeBytes };
  const prefix = bytes.startsWith("ustar", 257) && bytes[262] === "\0" ? textAt(bytes, 345, 155) : "";
  const name = textAt(bytes, 0, nameBytesMax);
  const member: Member = {
    name: prefix === "" ? name : `${prefix}/${name}`,
    kind: kinds[letter] ?? "other",
    mode: (numberAt(bytes, 100, 8) ?? 0o644) & 0o777,
    sizeBytes,
    modifiedMs: (numberAt(bytes, 136, 12) ?? 0) * 1000,
    target: textAt(bytes, 157, nameBytesMax),
    read: {
      typeflag: letter,
      bits: (numberAt(bytes, 100, 8) ?? 0o644) & 0o7777,
      uid: numberAt(bytes, 108, 8) ?? 0,
      gid: numberAt(bytes, 116, 8) ?? 0,
    },
  };
  return { type: "member", member };
}

/** A member as what came before its header says it is. */
export function improved(member: Member, about: ReadonlyMap<"name" | "target" | "pax", string>): Member {
  const records = paxRecords(about.get("pax") ?? "");
  const text = (name: "name" | "target", key: string, own: string) =>
    records.get(key) ?? about.get(name)?.replace(/\0[\s\S]*$/, "") ?? own;
  const size = records.get("size") ?? "";
  const name = text("name", "path", member.name);
  return {
    ...member,
    name,
    // As the oldest archives say it.
    kind: member.kind === "file" && name.endsWith("/") ? "folder" : member.kind,
    target: text("target", "linkpath", member.target),
    sizeBytes: /^\d{1,15}$/.test(size) ? Number(size) : member.sizeBytes,
  };
}

/** `20 path=some/where\n`: the length of all of it, and a value. */
function paxRecords(text: string): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < text.length; ) {
    const [head = "", length = ""] = /^(\d{1,9}) /.exec(text.slice(at, at + 10)) ?? [];
    const record = text.slice(at + head.length, at + Number(length) - 1);
    const [, key, value] = /^([^=]*)=([\s\S]*)$/.exec(record) ?? [];
    if (head === "" || key === undefined || value === undefined) return records;
    records.set(key, value);
    at += Number(length);
  }
  return records;
}

function textAt(bytes: string, from: number, length: number): string {
  return bytes.slice(from, from + length).replace(/\0[\s\S]*$/, "");
}

/** A number in octal digits; those that are too big for them are in bytes, which nobody sends here. */
function numberAt(bytes: string, from: number, length: number): number | undefined {
  const digits = textAt(bytes, from, length).trim();
  return /^[0-7]{0,12}$/.test(digits) ? Number.parseInt(digits || "0", 8) : undefined;
}
