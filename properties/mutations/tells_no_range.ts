import type * as calls from "../../actors/kubelet/calls.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Kubelets do not tell the runtime their node's range: all give pods the same addresses. */
export const tellsNoRange: MutationOf<typeof calls> = {
  name: "tellsNoRange",
  patch: {
    module: "actors/kubelet/calls.ts",
    name: "callCri",
    wrap: (sound) => (data, step, request, then) => {
      if (request.op !== "UpdateRuntimeConfig") sound(data, step, request, then);
    },
  },
  found: {
    traffic: "always",
    properties: ["no two sandboxes share an IP"],
    campaignSeed: 400,
    runsMax: 15,
    runsMean: 1,
  },
};
