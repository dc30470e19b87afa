import { deployment } from "../../actors/api/kinds/deployment.ts";
import type * as subject from "../../actors/controllers/loops/deployment/status.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A Deployment's status is written in each turn, whether or not it says something new. */
export const statusesSaidAgain: MutationOf<typeof subject> = {
  name: "statusesSaidAgain",
  patch: {
    module: "actors/controllers/loops/deployment/status.ts",
    name: "statusWrite",
    wrap: (sound) => (object, what) => {
      const actions = sound(object, what);
      return actions.length > 0 ? actions : [{ op: "update", kind: deployment, object, subresource: "status" }];
    },
  },
  found: {
    suite: "controllers",
    properties: ["loops write nothing that is there already"],
    campaignSeed: 2001,
    runsMax: 30,
    runsMean: 8,
  },
};
