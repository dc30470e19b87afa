import type * as subject from "../../actors/apiserver/admission/quota/reserve.ts";
import { ok } from "../../actors/kit/result.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What could not be written into a quota counts as if it were: what it was for is let in. */
export const failedReservationsCount: MutationOf<typeof subject> = {
  name: "failedReservationsCount",
  patch: {
    module: "actors/apiserver/admission/quota/reserve.ts",
    name: "reserve",
    wrap: (sound) => (keeper, reservation, step) => {
      const done: typeof reservation.done = (refusal, later) =>
        reservation.done(refusal.ok ? refusal : ok(undefined), later);
      sound(keeper, { ...reservation, done }, step);
    },
  },
  found: {
    suite: "apiserver",
    properties: ["answers are true", "changes are what was asked for", "what is scarce is given once"],
    campaignSeed: 1,
    runsMax: 300,
    runsMean: 200,
  },
};
