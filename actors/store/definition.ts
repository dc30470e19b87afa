import { defineActor, mix32 } from "../../runtime/mod.ts";
import type { StoreData } from "./data.ts";
import { machine } from "./machine.ts";
import type { StoreInput } from "./messages.ts";

/** A replica of the cluster's store: Raft, a write-ahead log, and above them a keyspace with etcd's semantics. */
export const store = defineActor<StoreInput>({
  kind: "store",
  module: import.meta.url,
  machine,
  permissions: { read: ["."], write: ["."] },
  digest: ({ raft, keyspace }: StoreData) => {
    const log = mix32(mix32(raft.term, raft.commitIndex), raft.log.entries.length);
    return mix32(mix32(log, keyspace.revision), keyspace.appliedIndex);
  },
});
