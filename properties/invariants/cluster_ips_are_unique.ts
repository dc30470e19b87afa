import type { Service } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

/** No two Services have one cluster IP. */
export const clusterIpsAreUnique: Invariant = {
  name: "no cluster IP is given twice",
  watch: (world) => ({
    commit({ key, object }) {
      if (!key.startsWith("/registry/services/specs/") || !object) return undefined;
      const { metadata, spec } = object as unknown as Service;
      const ip = spec?.clusterIP;
      if (!ip || ip === "None") return undefined;
      const other = world
        .list("/registry/services/specs/")
        .find((each) => (each as unknown as Service).spec?.clusterIP === ip && each.metadata.uid !== metadata.uid);
      return other ? `${ip} was given to ${metadata.name} and to ${other.metadata.name}` : undefined;
    },
  }),
};
