import type { Address } from "../../../runtime/mod.ts";
import type { Entry } from "./entry.ts";

/** Where a snapshot ends. */
export interface SnapshotEnd {
  readonly index: number;
  readonly term: number;
}

/** What must be known after a restart, beside the log. */
export interface HardState {
  readonly term: number;
  /** For whom the replica voted in `term`; empty for nobody. */
  readonly vote: Address;
  readonly commitIndex: number;
}

/** What must be written, all of it or nothing: a restart that finds a part of it must find the beginning. */
export interface Write {
  /** Up to which change all is durable with it. */
  readonly change: number;
  /** The log's file begins anew behind this snapshot; undefined where it goes on. */
  readonly after: SnapshotEnd | undefined;
  /** An entry whose index was written before replaces that and all that followed. */
  readonly entries: readonly Entry[];
  /** The last of the entries, or what was the last before where there are none. */
  readonly lastIndex: number;
  readonly hardState: HardState;
}
