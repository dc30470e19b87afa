import type * as subject from "../../actors/apiserver/allocation/service_addresses.ts";
import { ok } from "../../actors/kit/result.ts";
import type { MutationOf } from "../engine/mutation.ts";

const subjectPorts = "/registry/nodeports/";

/** A new Service claims no address: another may be given it, too. */
export const clusterIpsUnclaimed: MutationOf<typeof subject> = {
  name: "clusterIpsUnclaimed",
  patch: {
    module: "actors/apiserver/allocation/service_addresses.ts",
    name: "addressesOnCreate",
    wrap:
      (sound) =>
      (...all) => {
        const choice = sound(...all);
        const isPort = ({ key }: { readonly key: string }) => key.startsWith(subjectPorts);
        return choice.ok ? ok({ ...choice.value, claim: (choice.value.claim ?? []).filter(isPort) }) : choice;
      },
  },
  found: {
    suite: "apiserver",
    properties: ["what is scarce is given once"],
    campaignSeed: 8106,
    runsMax: 20,
    runsMean: 1,
  },
};
