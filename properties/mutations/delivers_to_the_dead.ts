import type * as data from "../../actors/computer/data.ts";
import { ok } from "../../actors/kit/result.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A computer says that containers have ended, and lets them run on. */
export const deliversToTheDead: MutationOf<typeof data> = {
  name: "deliversToTheDead",
  patch: {
    module: "actors/computer/data.ts",
    name: "relay",
    wrap: (sound) => (data, mail, request, step, learn) => {
      if (endings.has(request.op)) step.reply(mail, ok(request.op === "StopContainer" ? {} : undefined));
      else sound(data, mail, request, step, learn);
    },
  },
  found: {
    traffic: "always",
    properties: ["no container runs without its pod"],
    campaignSeed: 401,
    runsMax: 15,
    runsMean: 1,
  },
};

const endings: ReadonlySet<string> = new Set([
  "StopContainer",
  "RemoveContainer",
  "StopPodSandbox",
  "RemovePodSandbox",
]);
