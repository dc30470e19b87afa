import type { Service } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

/** So long, and a little, the repair of addresses leaves alone what it made itself for a Service that let go of it just then. */
const repairMs = 65_000;

/** At rest the addresses that are taken are those that Services have: what one had that is gone, or has let go of it, can be given again. */
export const addressesAreGivenBack: Invariant = {
  name: "the addresses of Services that are gone are given back",
  watch(world) {
    const servicesAt = new Set<number>();
    const madeAt = new Map<string, { readonly revision: number; readonly atMs: number }>();
    return {
      commit({ key, revision, object, previous, atMs }) {
        if (key.startsWith("/registry/services/specs/")) servicesAt.add(revision);
        if (!key.startsWith("/registry/ipaddresses/") || !object || previous) return undefined;
        madeAt.set(object.metadata.name, { revision, atMs });
        return undefined;
      },
      end() {
        const services = world.list<Service>("/registry/services/specs/");
        const had = new Set(services.flatMap(({ spec }) => spec.clusterIPs ?? spec.clusterIP ?? []));
        const taken = world.list("/registry/ipaddresses/").map(({ metadata }) => metadata.name);
        const isRepair = (name: string) => {
          const made = madeAt.get(name);
          const isAlone = made !== undefined && !servicesAt.has(made.revision);
          return isAlone && world.simulation.uptimeMs() - made.atMs < repairMs;
        };
        const lost = taken.find((each) => !had.has(each) && !isRepair(each));
        const untold = [...had].find((each) => each !== "None" && each !== "" && !taken.includes(each));
        if (lost !== undefined) return `${lost} is taken, and no Service has it`;
        return untold && `${untold} is a Service's, and is not taken`;
      },
    };
  },
};
