import { generateName } from "../../actors/api/names.ts";
import type * as subject from "../../actors/apiserver/requests/create.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A name that a server made up and that is taken is not made up anew. */
export const takenNamesNotRedrawn: MutationOf<typeof subject> = {
  name: "takenNamesNotRedrawn",
  patch: {
    module: "actors/apiserver/requests/create.ts",
    name: "createObject",
    wrap: (sound) => (server, call, step, creation) => {
      const { metadata } = creation.draft;
      const base = metadata.name === "" ? (metadata.generateName ?? "") : "";
      if (base !== "") metadata.name = generateName(base, () => step.float());
      sound(server, call, step, creation);
    },
  },
  found: { suite: "apiserver", properties: ["answers are true"], campaignSeed: 1, runsMax: 150, runsMean: 70 },
};
