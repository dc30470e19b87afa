import type * as sync from "../../actors/kube_proxy/sync.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A computer that was switched off and on is believed to have its rules still. */
export const trustsComputer: MutationOf<typeof sync> = {
  name: "trustsComputer",
  patch: {
    module: "actors/kube_proxy/sync.ts",
    name: "takeAnswer",
    wrap: (sound) => (sync, event, where) => {
      const { needsFull, check } = sync;
      const isTaken = sound(sync, event, where);
      const tellsOfLoss = event.type === "down" || (check !== 0 && "ask" in event && event.ask === check);
      if (tellsOfLoss) sync.needsFull = needsFull;
      return isTaken;
    },
  },
  found: { test: "properties/traffic/traffic_defects_test.ts" },
};
