import type { Step } from "../../../runtime/mod.ts";
import type { SnapshotHead } from "../keyspace/snapshot.ts";
import { encodeRecord, payloadOf, scanRecords } from "../log/record.ts";
import { type Configuration, decodeConfiguration, encodeConfiguration } from "../raft/configuration.ts";
import type { Snapshots } from "./snapshots.ts";

/** The file that names the snapshot in use: it is replaced when all parts are there. */
export const manifestFile = "snapshot";

/** A part's file. */
export function partFile(index: number, part: number): string {
  return `snapshot-${index}-${part}`;
}

/** What the manifest says. */
export interface Manifest extends SnapshotHead {
  readonly parts: number;
  /** Who the group was made of; absent where those who begin with it found a group anew. */
  readonly configuration?: Configuration | undefined;
}

/** The manifest as text. */
export function encodeManifest(manifest: Manifest): string {
  const { index, term, revision, compactedRevision, parts, quotaBytes, isFull, configuration } = manifest;
  const numbers = [index, term, revision, compactedRevision, parts, quotaBytes, isFull ? 1 : 0].join(" ");
  return encodeRecord(`M ${numbers}${configuration ? ` ${encodeConfiguration(configuration)}` : ""}`);
}

/**
 * Reads the manifest.
 *
 * @throws Error when it is not whole: it is replaced at once, so nothing can tear it
 */
export function readManifest(text: string): Manifest {
  const [record] = scanRecords(text, manifestFile).records;
  if (record === undefined) throw new Error(`Cannot read ${manifestFile}: it holds no record`);
  const words = payloadOf(record).split(" ").slice(1);
  // One of before there were quotas ends with its parts, one of before logs said who is in the group with the alarm.
  const [index = 0, term = 0, revision = 0, compactedRevision = 0, parts = 0, quotaBytes = 0, full = 0] =
    words.map(Number);
  const configuration = words[7] === undefined ? undefined : decodeConfiguration(words.slice(7).join(" "));
  return { index, term, revision, compactedRevision, parts, quotaBytes, isFull: full === 1, configuration };
}

/** Writes a file and reads it back; `onFileReply` says when it is done. */
export function writeFile(snapshots: Snapshots, path: string, { text, step }: { text: string; step: Step }): void {
  const ask = step.device("disk", { op: "replace", path, data: text });
  snapshots.file = { path, text, ask, stage: "write" };
}

/** Takes the disk's answer about the file that is being written. */
export function onFileReply(
  snapshots: Snapshots,
  answer: { readonly ok: boolean; readonly data?: string; readonly message?: string },
  step: Step,
): "pending" | "written" | "failed" {
  const { file } = snapshots;
  if (!file) return "pending";
  if (answer.ok && file.stage === "write") {
    snapshots.file = { ...file, ask: step.device("disk", { op: "read", path: file.path }), stage: "check" };
    return "pending";
  }
  snapshots.file = undefined;
  if (answer.ok && answer.data === file.text) return "written";
  const why = answer.message ?? "what was read back differs from what was written";
  step.log(`Cannot write ${file.path}: ${why}, the log is kept instead`);
  return "failed";
}

/** Removes the parts of a snapshot that is not in use. */
export function removeParts({ index, parts }: { index: number; parts: number }, step: Step): void {
  for (let part = 0; part < parts; part++) step.device("disk", { op: "remove", path: partFile(index, part) });
}
