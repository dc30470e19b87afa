import type * as subject from "../../actors/controllers/loops/attach_detach/attaching.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A volume is brought to where it is used, wherever else it is. */
export const attachedTwice: MutationOf<typeof subject> = {
  name: "attachedTwice",
  patch: {
    module: "actors/controllers/loops/attach_detach/attaching.ts",
    name: "attachPlan",
    wrap: (sound) => (scene, turn) => sound({ ...scene, attachments: [] }, turn),
  },
  found: { properties: ["a volume for one node is at one node"], campaignSeed: 8103, runsMax: 300, runsMean: 47 },
};
