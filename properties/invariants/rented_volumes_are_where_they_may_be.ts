import { all as providers } from "../../actors/cloud/providers/all.ts";
import { unconvergedVolume } from "../engine/cloud_convergence.ts";
import { providersOf } from "../engine/clouds_of_run.ts";
import type { Invariant } from "../engine/invariant.ts";

/**
 * A rented volume is at an instance of its zone, of which none has more than can be attached to it; in the end each is
 * written down, and none is paid for that nobody has.
 */
export const rentedVolumesAreWhereTheyMayBe: Invariant = {
  name: "rented volumes are at instances that can have them, and are given back",
  watch: (world) => ({
    commit() {
      for (const [provider, { volumes, instances }] of providersOf(world)) {
        const { attachMax = 0 } = providers.find(({ name }) => name === provider) ?? {};
        for (const { name, zone, instance } of volumes) {
          if (instance === undefined) continue;
          const at = instances.find(({ id }) => id === instance);
          if (!at) return `the volume ${name} is at ${instance}, which is gone`;
          if (at.zone !== zone) return `the volume ${name} of ${zone} is at ${instance} in ${at.zone}`;
          const count = volumes.filter((each) => each.instance === instance).length;
          if (count > attachMax) return `${instance} has ${count} volumes, and can have ${attachMax}`;
        }
      }
      return undefined;
    },
    end: () => unconvergedVolume(world),
  }),
};
