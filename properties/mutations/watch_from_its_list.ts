import type * as informer from "../../actors/client/informer.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A watch that broke is taken up from where the list was, not from the last that was told. */
export const watchFromItsList: MutationOf<typeof informer> = {
  name: "watchFromItsList",
  patch: {
    module: "actors/client/informer.ts",
    name: "createInformer",
    wrap: (sound) => (options) => {
      const { client } = options;
      let listed: string | undefined;
      const list: typeof client.list = (step, target, then) => {
        listed = undefined;
        client.list(step, target, then);
      };
      const watch: typeof client.watch = (step, target, handlers) => {
        listed ??= target.query?.resourceVersion ?? "";
        return client.watch(step, { ...target, query: { ...target.query, resourceVersion: listed } }, handlers);
      };
      return sound({ ...options, client: { ...client, list, watch } });
    },
  },
  found: { test: "properties/exhaustive/informer_and_servers_test.ts" },
};
