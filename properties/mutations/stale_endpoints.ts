import type { Endpoint, EndpointSlice, Frozen } from "../../actors/api/types.ts";
import type * as slicePacking from "../../actors/controllers/endpoints/slice_packing.ts";
import { endpointId, type Group } from "../../actors/controllers/endpoints/slice_packing.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** An endpoint stays as ready as it was once. */
export const staleEndpoints: MutationOf<typeof slicePacking> = {
  name: "staleEndpoints",
  patch: {
    module: "actors/controllers/endpoints/slice_packing.ts",
    name: "packSlices",
    wrap: (sound) => (options) => {
      // Mirrored Endpoints have no placeholder.
      if (!options.keepsPlaceholder) return sound(options);
      const groups = [...options.groups].map(([key, group]) => [key, asBefore(group, options.existing)] as const);
      return sound({ ...options, groups: new Map(groups) });
    },
  },
  found: {
    properties: ["endpoints equal the ready pods"],
    campaignSeed: 104,
    runsMax: 120,
    runsMean: 15,
  },
};

function asBefore({ ports, endpoints }: Group, slices: readonly Frozen<EndpointSlice>[]): Group {
  const before = new Map(slices.flatMap((slice) => slice.endpoints ?? []).map((each) => [endpointId(each), each]));
  const kept = [...endpoints].map(([id, endpoint]): [string, Endpoint] => {
    const { conditions } = before.get(id) ?? {};
    const isStuck = conditions?.ready && !endpoint.conditions?.terminating;
    return [id, isStuck ? { ...endpoint, conditions: { ...conditions } } : endpoint];
  });
  return { ports, endpoints: new Map(kept) };
}
