import type { Address } from "../../../runtime/mod.ts";

/** What an observer may see of one replica: enough to judge Raft's promises. A `Raft` is one. */
export interface RaftView {
  readonly self: Address;
  readonly term: number;
  readonly role: "follower" | "preCandidate" | "candidate" | "leader";
  readonly commitIndex: number;
  readonly log: {
    readonly snapshotIndex: number;
    readonly entries: readonly { readonly index: number; readonly term: number; readonly record: string }[];
  };
}
