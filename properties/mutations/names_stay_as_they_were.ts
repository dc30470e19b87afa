import type * as subject from "../../actors/dns/zone.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** The DNS server knows a Service as it first was. */
export const namesStayAsTheyWere: MutationOf<typeof subject> = {
  name: "namesStayAsTheyWere",
  patch: {
    module: "actors/dns/zone.ts",
    name: "createZone",
    wrap: (sound) => () => {
      const zone = sound();
      return {
        ...zone,
        putService(service) {
          const { namespace = "", name } = service.metadata;
          if (!zone.service(namespace, name)) zone.putService(service);
        },
      };
    },
  },
  found: {
    suite: "services",
    properties: ["DNS answers equal the ready endpoints"],
    campaignSeed: 3001,
    runsMax: 12,
    runsMean: 1,
  },
};
