import fc from "fast-check";
import type { Fault } from "../../../runtime/faults/fault.ts";
import type { Places } from "../../../runtime/faults/places.ts";
import { computerAddress, dnsAddress, nodeName, proxyOf } from "../../../scenarios/cluster/topology.ts";
import { faultIn } from "../../arbitraries/places.ts";
import type { RunDefinitionOptions } from "../../arbitraries/run_definition.ts";
import { modelApiAddress } from "../model/api.ts";
import type { ModelDeed, ModelLapse } from "../model/messages.ts";
import { nodeOf, serviceNames, serviceOf, sliceOf, sliceSuffixes } from "./objects.ts";
import { policyDeed } from "./policies.ts";
import type { ServicesRun } from "./run.ts";

const [workMsMax, faultsMax, deedsMax] = [12_000, 3, 14];
const namespace = "default";

/** Services and slices that come, change and go, and nothing else of a cluster. */
export function servicesRuns({
  mutation,
  withoutFaults = false,
}: RunDefinitionOptions = {}): fc.Arbitrary<ServicesRun> {
  const run = fc
    .record({
      seed: fc.nat(0xffff_ffff),
      nodes: fc.constantFrom(1, 2, 2),
      deeds: fc.array(deed, { minLength: 3, maxLength: deedsMax }),
      lapses: fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(lapse, { minLength: 1, maxLength: 2 }) },
      ),
    })
    .chain(({ deeds, lapses, ...rest }) =>
      fc.tuple(withoutFaults ? fc.constant([]) : plan(rest.nodes), policyDeeds).map(([faults, others]): ServicesRun => {
        const nodes = [0, 1].slice(0, rest.nodes).map((index): ModelDeed => {
          return { op: "put", atMs: 0, resource: "nodes", object: nodeOf(index) };
        });
        return {
          ...{ suite: "services", ...rest, faults, healAtMs: workMsMax + 1_000 },
          workload: [...nodes, ...[...deeds, ...others].toSorted((a, b) => a.atMs - b.atMs)],
          lapses: lapses.toSorted((a, b) => a.atMs - b.atMs),
          ...(mutation === undefined ? {} : { mutation }),
        };
      }),
    );
  return fc.noBias(run);
}

const lapse: fc.Arbitrary<ModelLapse> = fc.record({
  atMs: fc.nat(workMsMax),
  op: fc.constantFrom("close" as const, "forget" as const),
});

/** What a user, or who keeps slices, does at a time; much of it to the same few. */
const deed: fc.Arbitrary<ModelDeed> = fc
  .record({
    atMs: fc.oneof(fc.nat(1_500), fc.nat(workMsMax)),
    index: fc.constantFrom(0, 0, 0, 1, 1, 2),
    at: fc.nat(sliceSuffixes.length - 1),
    what: fc.constantFrom("service", "service", "slice", "slice", "slice", "noService", "noSlice"),
  })
  .chain(({ atMs, index, at, what }): fc.Arbitrary<ModelDeed> => {
    const name = serviceNames[index] ?? "";
    if (what === "service")
      return serviceOf(index).map((object) => ({ op: "put", atMs, resource: "services", object }));
    if (what === "slice")
      return sliceOf(index, at).map((object) => ({ op: "put", atMs, resource: "endpointslices", object }));
    const gone =
      what === "noService"
        ? { resource: "services", name }
        : { resource: "endpointslices", name: `${name}-${sliceSuffixes[at]}` };
    return fc.constant({ op: "remove", atMs, namespace, ...gone });
  });

/** In every third run somebody says who may speak with whom. */
const policyDeeds = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.array(policyDeed(workMsMax), { minLength: 6, maxLength: 16 }) },
);

/** Where faults can strike: those who follow, the computers, and what is heard of the API. */
export function servicesPlaces(nodes: number): Places {
  const indexes = [0, 1].slice(0, nodes);
  const followers = [...indexes.map((index) => proxyOf(nodeName(index))), dnsAddress];
  const computers = indexes.map(computerAddress);
  return {
    ...{ actors: [...followers, ...computers], disks: [], clocks: followers },
    links: { from: followers, to: [modelApiAddress, ...computers] },
    streams: [{ from: [modelApiAddress], to: followers, types: ["api.watch"] }],
  };
}

/** What may go wrong. */
function plan(nodes: number): fc.Arbitrary<readonly Fault[]> {
  const forMs = fc.oneof(fc.integer({ min: 20, max: 500 }), fc.integer({ min: 500, max: 5_000 }));
  const trigger = fc.nat(workMsMax).map((atMs) => ({ atMs }));
  const some = fc.array(faultIn(servicesPlaces(nodes), { trigger, forMs }), { minLength: 1, maxLength: faultsMax });
  return fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: some });
}
