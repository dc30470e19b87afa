import type { Address } from "../../../runtime/mod.ts";
import type { Keyspace } from "../keyspace/keyspace.ts";
import { beginRestore, beginSnapshot, nextPart, restorePart, type SnapshotHead } from "../keyspace/snapshot.ts";
import { encodeRecord, payloadOf, scanRecords } from "../log/record.ts";
import { walFile } from "../log/wal.ts";
import { encodeMember, memberFile } from "../member.ts";
import { encodeManifest, manifestFile, partFile } from "../snapshot/files.ts";

/** A store at one revision, as one text can hold it. */
export interface Backup {
  readonly head: SnapshotHead;
  /** As in a snapshot. */
  readonly parts: readonly string[];
}

/** The format's own number: a file of another one is refused. */
const version = 1;

/** Takes a backup of a keyspace; `term` is that of its last entry. */
export function takeBackup(keyspace: Keyspace, term: number): Backup {
  const cursor = beginSnapshot(keyspace, term);
  const parts: string[] = [];
  while (cursor.nextKey !== undefined) parts.push(nextPart(cursor));
  // The quota is that of whoever starts from it: its first leader says it.
  return { head: { ...cursor.head, quotaBytes: 0, isFull: false }, parts };
}

/** The backup as text: a record that says what it is, the snapshot's records, and one that counts the parts. */
export function encodeBackup({ head, parts }: Backup): string {
  const { index, term, revision, compactedRevision } = head;
  const lengths = parts.map((part) => part.length).join(" ");
  const first = encodeRecord(`B ${version} ${index} ${term} ${revision} ${compactedRevision}`);
  return `${first}${parts.join("")}${encodeRecord(`Z ${lengths}`)}`;
}

/**
 * Reads a backup.
 *
 * @throws Error when it is none, or is not whole
 */
export function readBackup(text: string, name: string): Backup {
  const { records, goodLength } = scanRecords(text, name);
  const [first, last] = [records[0], records.at(-1)].map((record) => payloadOf(record ?? "").split(" "));
  if (first?.[0] !== "B") throw new Error(`Cannot read ${name}: it is no backup of a store`);
  if (first[1] !== String(version))
    throw new Error(`Cannot read ${name}: it is of version ${first[1]}, not ${version}`);
  if (last?.[0] !== "Z" || goodLength < text.length) throw new Error(`Cannot read ${name}: its end is missing`);
  const [index = 0, term = 0, revision = 0, compactedRevision = 0] = first.slice(2).map(Number);
  const head: SnapshotHead = { index, term, revision, compactedRevision, quotaBytes: 0, isFull: false };
  const parts: string[] = [];
  let position = records[0]?.length ?? 0;
  const reader = beginRestore(head);
  for (const length of last.slice(1).map(Number)) {
    const part = text.slice(position, position + length);
    restorePart(reader, part, name);
    parts.push(part);
    position += length;
  }
  return { head, parts };
}

/** The disk of a member that begins where a backup ends, by path. */
export function diskOfBackup({ head, parts }: Backup) {
  return (self: Address, cluster: string): Readonly<Record<string, string>> => ({
    ...Object.fromEntries(parts.map((part, i) => [partFile(head.index, i), part])),
    [manifestFile]: encodeManifest({ ...head, parts: parts.length }),
    [walFile]: `${encodeRecord(`S ${head.index} ${head.term}`)}${encodeRecord(`H ${head.term} ${head.index} `)}`,
    [memberFile]: encodeMember({ cluster, self }),
  });
}
