import type { CompactAnswer, LeaseAnswer, StoreError, TxnAnswer } from "../messages.ts";
import type { Command } from "./command.ts";
import { compact, type Keyspace } from "./keyspace.ts";
import { changeLease, moveOn } from "./lease_commands.ts";
import { compactionDue } from "./quota.ts";
import { compactedRevision, futureRevision } from "./range.ts";
import { setQuota } from "./space.ts";
import { applyTxn } from "./txn.ts";

/** What came of a command. */
export type Applied = TxnAnswer | CompactAnswer | LeaseAnswer | StoreError;

/** Applies the command of a log entry; an entry that was applied before changes nothing. */
export function apply(
  keyspace: Keyspace,
  { index, command }: { readonly index: number; readonly command: Command },
): Applied | undefined {
  if (index <= keyspace.appliedIndex) return undefined;
  keyspace.appliedIndex = index;
  switch (command.kind) {
    case "begin":
      setQuota(keyspace.space, command.quotaBytes);
      return undefined;
    case "txn": {
      const answer = applyTxn(keyspace, command);
      const due = compactionDue(keyspace);
      if (due > 0) compact(keyspace, due);
      return answer;
    }
    case "lease":
      return changeLease(keyspace, command);
    case "clock":
      moveOn(keyspace, command.clockMs);
      return undefined;
    case "compact": {
      const { revision } = command;
      const result = compact(keyspace, revision);
      if (result === "compacted") return compactedRevision(revision, keyspace);
      if (result === "future") return futureRevision(revision, keyspace);
      return { type: "store.compact.ok", revision: keyspace.revision };
    }
  }
}
