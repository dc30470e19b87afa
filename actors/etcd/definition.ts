import { defineActor } from "../../runtime/mod.ts";
import type { FrontData } from "./front_data.ts";
import { etcdMachine } from "./machine.ts";
import type { EtcdInput } from "./messages.ts";

/** The front of the cluster's store that speaks etcd's own protocol: for `etcdctl`, and for API servers of others. */
export const etcd = defineActor<EtcdInput>({
  kind: "etcd",
  module: import.meta.url,
  machine: etcdMachine,
  permissions: { net: ["*"] },
  mailboxMax: 50_000,
  digest: ({ calls, watches, revision }: FrontData) => `${calls.size} ${watches.size} ${revision}`,
});
