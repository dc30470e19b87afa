import type { Service } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

/** At rest the addresses that are taken are those that Services have: what one had that is gone, or has let go of it, can be given again. */
export const addressesAreGivenBack: Invariant = {
  name: "the addresses of Services that are gone are given back",
  watch: (world) => ({
    end() {
      const services = world.list<Service>("/registry/services/specs/");
      const had = new Set(services.flatMap(({ spec }) => spec.clusterIPs ?? spec.clusterIP ?? []));
      const taken = world.list("/registry/ipaddresses/").map(({ metadata }) => metadata.name);
      const lost = taken.find((each) => !had.has(each));
      const untold = [...had].find((each) => each !== "None" && each !== "" && !taken.includes(each));
      if (lost !== undefined) return `${lost} is taken, and no Service has it`;
      return untold && `${untold} is a Service's, and is not taken`;
    },
  }),
};
