import type * as subject from "../../actors/controllers/nodes/zones.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Nodes of a zone are given up one by one though most of them are not heard of. */
export const mostlyLostGivenUp: MutationOf<typeof subject> = {
  name: "mostlyLostGivenUp",
  patch: {
    module: "actors/controllers/nodes/zones.ts",
    name: "createZones",
    wrap: (sound) => () => {
      const zones = sound();
      return { ...zones, permit: (name, nowMs) => zones.permit(name, nowMs) ?? 0 };
    },
  },
  found: {
    suite: "nodes",
    properties: ["nodes of a zone are given up one by one, and none where most are lost"],
    campaignSeed: 1,
    runsMax: 108,
    runsMean: 18,
  },
};
