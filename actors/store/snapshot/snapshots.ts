import type { Address, AskId } from "../../../runtime/mod.ts";
import type { SnapshotCursor, SnapshotReader } from "../keyspace/snapshot.ts";
import type { Configuration } from "../raft/configuration.ts";

/** A file that is being written, and then read back: only what is there for sure lets the log forget. */
export interface FileWrite {
  readonly path: string;
  readonly text: string;
  readonly ask: AskId;
  readonly stage: "write" | "check";
}

/** A snapshot that a leader sends. */
export interface Installing {
  readonly from: Address;
  readonly reader: SnapshotReader;
  readonly configuration: Configuration;
  /** How many parts are on the disk. */
  parts: number;
  /** The part that is being written. */
  text: string;
  isLast: boolean;
}

/** A snapshot that this leader sends to a follower. */
export interface Sending {
  readonly cursor: SnapshotCursor;
  /** Who the group was made of by the last entry in it. */
  readonly configuration: Configuration;
  /** The part that was sent last: it is sent again until it is answered. */
  part: number;
  text: string;
  sentMs: number;
}

/** What a replica does with snapshots: it writes its own, takes its leader's, and sends them to those behind. */
export interface Snapshots {
  /** The one on the disk: its last entry, and how many parts it has. */
  index: number;
  parts: number;
  /** Its length, so that a log is not cut more often than it pays. */
  length: number;
  saving: { readonly cursor: SnapshotCursor; readonly configuration: Configuration; length: number } | undefined;
  /** A failed one is not tried again before the log has grown beyond this. */
  notBeforeIndex: number;
  installing: Installing | undefined;
  readonly sending: Map<Address, Sending>;
  file: FileWrite | undefined;
}

/** Nothing on the disk, nothing under way. */
export function createSnapshots(): Snapshots {
  return {
    ...{ index: 0, parts: 0, length: 0, saving: undefined, notBeforeIndex: 0 },
    ...{ installing: undefined, sending: new Map(), file: undefined },
  };
}
