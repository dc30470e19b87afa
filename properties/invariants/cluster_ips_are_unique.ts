import type { Service } from "../../actors/api/types.ts";
import { canonicalAddress } from "../../actors/network/ip.ts";
import type { Invariant } from "../engine/invariant.ts";

/** No two Services have one cluster IP. */
export const clusterIpsAreUnique: Invariant = {
  name: "no cluster IP is given twice",
  watch: (world) => ({
    commit({ key, object }) {
      if (!key.startsWith("/registry/services/specs/") || !object) return undefined;
      const { metadata, spec } = object as unknown as Service;
      const others = world.list<Service>("/registry/services/specs/");
      for (const ip of spec?.clusterIPs ?? []) {
        if (ip === "None") continue;
        const isIt = (each: string) => canonicalAddress(each) === canonicalAddress(ip);
        const other = others.find((each) => each.spec?.clusterIPs?.some(isIt) && each.metadata.uid !== metadata.uid);
        if (other) return `${ip} was given to ${metadata.name} and to ${other.metadata.name}`;
      }
      return undefined;
    },
  }),
};
