import type * as subject from "../../actors/api/names.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** All letters of a name that is made up come of one draw: there are 27 such names. */
export const namesOfOneDraw: MutationOf<typeof subject> = {
  name: "namesOfOneDraw",
  patch: {
    module: "actors/api/names.ts",
    name: "generateName",
    wrap: (sound) => (base, random) => {
      const drawn = random();
      return sound(base, () => drawn);
    },
  },
  found: {
    suite: "apiserver",
    properties: ["answers are true", "what is scarce is given once"],
    campaignSeed: 1,
    runsMax: 30,
    runsMean: 3,
  },
};
