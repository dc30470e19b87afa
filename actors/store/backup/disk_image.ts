import { apply } from "../keyspace/apply.ts";
import { decodeCommand } from "../keyspace/command.ts";
import { createKeyspace, type Keyspace } from "../keyspace/keyspace.ts";
import { beginRestore, endRestore, restorePart } from "../keyspace/snapshot.ts";
import { walFile } from "../log/wal.ts";
import { type Member, memberFile, strangerOf } from "../member.ts";
import type { Configuration } from "../raft/configuration.ts";
import { commandText, isChangeEntry } from "../raft/entry.ts";
import { isUpToDate, lastIndex, lastTerm, type RaftLog } from "../raft/log.ts";
import { missing, readLog } from "../recovery.ts";
import { manifestFile, partFile, readManifest } from "../snapshot/files.ts";

/** What is on the disk of one replica, read without the replica. */
export interface DiskImage {
  /** As its snapshot has it. */
  readonly keyspace: Keyspace;
  readonly log: RaftLog;
  readonly term: number;
  /** How much of the log it knows to be committed. */
  readonly commitIndex: number;
  /** Who the group was made of when its snapshot was taken. Absent: those who founded it. */
  readonly configuration?: Configuration | undefined;
}

/** Reads a file of a replica's disk; undefined when it is not there. */
export type ReadFile = (path: string) => string | undefined;

/**
 * Reads the disk of a member.
 *
 * @throws Error when it is lost, damaged, or another's
 */
export function readDisk(member: Member, read: ReadFile): DiskImage {
  const why = strangerOf(member, read(memberFile));
  if (why !== undefined) throw new Error(why);
  const manifestText = read(manifestFile);
  const manifest = manifestText === undefined ? undefined : readManifest(manifestText);
  const reader = manifest && beginRestore(manifest);
  for (let part = 0; reader && part < manifest.parts; part++) {
    const path = partFile(manifest.index, part);
    restorePart(reader, read(path) ?? missing(path), path);
  }
  const { wal, log } = readLog(read(walFile) ?? missing(walFile), manifest);
  const keyspace = reader ? endRestore(reader) : createKeyspace();
  return {
    keyspace,
    log,
    term: wal.term,
    commitIndex: Math.max(wal.commitIndex, log.snapshotIndex),
    configuration: manifest?.configuration,
  };
}

/** The image that Raft would elect: of a majority's, it has all that was ever acknowledged. */
export function bestImage<Image extends DiskImage>(images: readonly Image[]): Image | undefined {
  return images.reduce<Image | undefined>((best, image) => {
    const end = { lastIndex: lastIndex(image.log), lastTerm: lastTerm(image.log) };
    return best && !isUpToDate(best.log, end) ? best : image;
  }, undefined);
}

/** The keyspace with all of the log in it, also what is not known to be committed: it may have been acknowledged. */
export function applyLog({ keyspace, log }: DiskImage): Keyspace {
  for (const entry of log.entries) {
    if (isChangeEntry(entry)) {
      keyspace.appliedIndex = Math.max(keyspace.appliedIndex, entry.index);
      continue;
    }
    apply(keyspace, { index: entry.index, command: decodeCommand(commandText(entry)) });
  }
  return keyspace;
}
