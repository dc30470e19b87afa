import { isIP } from "node:net";
import { setup } from "xstate";
import { defineActor, reducers } from "../../../runtime/mod.ts";

const { begin } = reducers<{ readonly isAddress: boolean }, never>();

/** An actor whose module reaches for the network though it asks for no permission: no host may start it. */
export const prober = defineActor({
  kind: "prober",
  module: import.meta.url,
  machine: setup({}).createMachine({
    id: "prober",
    initial: "probing",
    context: begin(() => ({ isAddress: isIP("127.0.0.1") !== 0 })) as () => object,
    states: { probing: {} },
  }),
});
