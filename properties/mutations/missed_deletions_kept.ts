import type * as objectStore from "../../actors/client/object_store.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What a new list shows no more stays in the mirror. */
export const missedDeletionsKept: MutationOf<typeof objectStore> = {
  name: "missedDeletionsKept",
  patch: {
    module: "actors/client/object_store.ts",
    name: "createObjectStore",
    wrap: (sound) => (indexes) => ({ ...sound(indexes), keys: () => [][Symbol.iterator]() }),
  },
  found: { test: "properties/exhaustive/informer_and_servers_test.ts" },
};
