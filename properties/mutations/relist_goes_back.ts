import type * as informer from "../../actors/client/informer.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** An informer whose history is gone takes any list that is at hand, even one from before what it has seen. */
export const relistGoesBack: MutationOf<typeof informer> = {
  name: "relistGoesBack",
  patch: {
    module: "actors/client/informer.ts",
    name: "createInformer",
    wrap: (sound) => (options) => {
      const { client } = options;
      const list: typeof client.list = (step, target, then) =>
        client.list(step, { ...target, query: { ...target.query, resourceVersion: "0" } }, then);
      return sound({ ...options, client: { ...client, list } });
    },
  },
  bugs: ["kubernetes 83520"],
  found: { test: "properties/exhaustive/informer_and_servers_test.ts" },
};
