import { defineActor } from "../../../runtime/mod.ts";
import { outsideMachine } from "./machine.ts";
import type { OutsideInput } from "./messages.ts";
import type { OutsideData } from "./outside_data.ts";

/** A store that is a real etcd outside of the cluster: where a user outgrows one machine. */
export const outsideStore = defineActor<OutsideInput>({
  kind: "outside_store",
  module: import.meta.url,
  machine: outsideMachine,
  permissions: { net: ["*"] },
  mailboxMax: 50_000,
  digest: ({ watches, revision }: OutsideData) => `${watches.size} ${revision}`,
});
