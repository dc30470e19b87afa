import type { Service } from "../../actors/api/types.ts";
import { rentedIn } from "../engine/clouds_of_run.ts";
import type { Invariant } from "../engine/invariant.ts";

/** No load balancer is paid for whose Service is gone, or asks for none. */
export const loadBalancersGoWithTheirServices: Invariant = {
  name: "no load balancer is left behind by its Service",
  watch: (world) => ({
    end() {
      const services = world.list<Service>("/registry/services/specs/");
      const stillTold = services.find(({ spec, status }) => {
        return spec.type !== "LoadBalancer" && (status?.loadBalancer?.ingress ?? []).length > 0;
      });
      if (stillTold) return `Service ${stillTold.metadata.name} tells of one, and is a ${stillTold.spec.type}`;
      const wanted = new Set(
        services
          .filter(({ spec }) => spec.type === "LoadBalancer")
          .map(({ metadata }) => `a${metadata.uid?.replaceAll("-", "")}`.slice(0, 32)),
      );
      const left = rentedIn(world).balancers.find(({ name }) => !wanted.has(name));
      return left && `${left.name} with the address ${left.ip} is left of ${left.service}`;
    },
  }),
};
