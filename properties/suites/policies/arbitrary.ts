import fc from "fast-check";
import type { Fault, Trigger } from "../../../runtime/faults/fault.ts";
import type { Places } from "../../../runtime/faults/places.ts";
import { computerAddress, kubeletAddress, nodeName, proxyOf } from "../../../scenarios/cluster/topology.ts";
import { faultIn } from "../../arbitraries/places.ts";
import type { RunDefinitionOptions } from "../../arbitraries/run_definition.ts";
import { modelApiAddress } from "../model/api.ts";
import type { ModelDeed, ModelLapse } from "../model/messages.ts";
import { colour, policySpec } from "../services/policies.ts";
import type { PoliciesRun } from "./run.ts";

const [workMsMax, faultsMax, podsMax, policiesMax] = [12_000, 3, 6, 3];
const spaces = ["default", "other"] as const;

/** Policies, and pods that begin before and after them, in namespaces that change. */
export function policiesRuns({
  mutation,
  withoutFaults = false,
}: RunDefinitionOptions = {}): fc.Arbitrary<PoliciesRun> {
  const run = fc
    .record({
      seed: fc.nat(0xffff_ffff),
      nodes: fc.constantFrom(1, 1, 2),
      policies: fc.array(policyDeed, { minLength: 1, maxLength: 6 }),
      namespaces: fc.array(namespaceDeed, { maxLength: 2 }),
      lapses: fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(lapse, { minLength: 1, maxLength: 2 }) },
      ),
    })
    .chain(({ nodes, policies, namespaces, lapses, seed }) =>
      podDeeds(nodes).chain((pods) => {
        const workload = [...policies, ...namespaces, ...pods].toSorted((a, b) => a.atMs - b.atMs);
        return (withoutFaults ? fc.constant([]) : plan(workload, nodes)).map(
          (faults): PoliciesRun => ({
            ...{ suite: "policies", seed, nodes, workload, faults, healAtMs: workMsMax + 1_000 },
            lapses: lapses.toSorted((a, b) => a.atMs - b.atMs),
            ...(mutation === undefined ? {} : { mutation }),
          }),
        );
      }),
    );
  return fc.noBias(run);
}

const atMs = fc.oneof(fc.integer({ min: 300, max: 2_500 }), fc.integer({ min: 300, max: workMsMax }));

const lapse: fc.Arbitrary<ModelLapse> = fc.record({
  atMs: fc.nat(workMsMax),
  op: fc.constantFrom("close" as const, "forget" as const),
});

const policyDeed: fc.Arbitrary<ModelDeed> = fc
  .record({ atMs, nth: fc.nat(policiesMax - 1), isGone: fc.constantFrom(false, false, true), spec: policySpec })
  .map(({ nth, isGone, spec, ...when }): ModelDeed => {
    const metadata = { name: `policy-${nth}`, namespace: spaces[nth < 2 ? 0 : 1] };
    if (isGone) return { op: "remove", ...when, resource: "networkpolicies", ...metadata };
    const object = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata, spec };
    return { op: "put", ...when, resource: "networkpolicies", object };
  });

const namespaceDeed: fc.Arbitrary<ModelDeed> = fc
  .record({ atMs, name: fc.constantFrom(...spaces), team: fc.constantFrom("a", "b") })
  .map(({ name, team, ...when }): ModelDeed => {
    const object = { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { team } } };
    return { op: "put", ...when, resource: "namespaces", object };
  });

/** A pod begins; some are other pods by their labels later, and some are made anew. */
function podDeeds(nodes: number): fc.Arbitrary<readonly ModelDeed[]> {
  const one = fc.record({
    atMs,
    laterMs: fc.oneof(fc.nat(60), fc.nat(4_000)),
    labels: colour,
    next: colour,
    fate: fc.constantFrom("stays", "stays", "changes", "goes", "anew", "anew"),
    node: fc.nat(nodes - 1),
    space: fc.constantFrom(...spaces),
  });
  return fc.array(one, { minLength: 1, maxLength: podsMax }).map((pods) =>
    pods.flatMap(({ atMs: beginMs, laterMs, labels, next, fate, node, space: namespace }, index): ModelDeed[] => {
      const ports = [{ name: "web", containerPort: 9_000 + (index % 2) }];
      const containers = [{ name: "main", image: "app:1", ports }];
      const at = { namespace, name: `pod-${index}` };
      const made = (ms: number, own: Readonly<Record<string, string>>): ModelDeed => ({
        ...{ op: "put", atMs: ms, resource: "pods" },
        object: {
          ...{ apiVersion: "v1", kind: "Pod", metadata: { ...at, labels: own } },
          spec: { nodeName: nodeName(node), containers, terminationGracePeriodSeconds: 2 },
        },
      });
      const endMs = beginMs + laterMs;
      const gone: ModelDeed = { op: "remove", atMs: endMs, resource: "pods", ...at };
      const patch = { metadata: { labels: next } };
      return [
        made(beginMs, labels),
        ...(fate === "changes" ? [{ op: "merge", atMs: endMs, resource: "pods", ...at, patch } as const] : []),
        ...(fate === "goes" || fate === "anew" ? [gone] : []),
        ...(fate === "anew" ? [made(endMs, next)] : []),
      ];
    }),
  );
}

/** Where faults can strike: all that nodes are, and what they hear of the API. */
export function policiesPlaces(nodes: number): Places {
  const indexes = Array.from({ length: nodes }, (_each, index) => index);
  const agents = indexes.flatMap((index) => [kubeletAddress(index), proxyOf(nodeName(index))]);
  const computers = indexes.map(computerAddress);
  return {
    ...{ actors: [...agents, ...computers], disks: [], clocks: agents },
    links: { from: agents, to: [modelApiAddress] },
    streams: [{ from: [modelApiAddress], to: agents, types: ["api.watch"] }],
  };
}

/** What may go wrong; much of it just when a pod is to begin. */
function plan(work: readonly ModelDeed[], nodes: number): fc.Arbitrary<readonly Fault[]> {
  const { actors } = policiesPlaces(nodes);
  const forMs = fc.oneof(fc.integer({ min: 20, max: 500 }), fc.integer({ min: 500, max: 6_000 }));
  const soon = fc.tuple(fc.constantFrom(...work), fc.integer({ min: -40, max: 60 }));
  const trigger: fc.Arbitrary<Trigger> = fc.oneof(
    fc.nat(workMsMax).map((ms) => ({ atMs: ms })),
    soon.map(([deed, ms]) => ({ atMs: deed.atMs + ms })),
  );
  const crash = fc
    .record({ actor: fc.constantFrom(...actors), trigger, forMs })
    .map(({ actor, ...rest }): Fault => ({ kind: "crash", parameters: { actor }, ...rest }));
  const any = fc.oneof(crash, faultIn(policiesPlaces(nodes), { trigger, forMs }));
  const some = fc.array(any, { minLength: 1, maxLength: faultsMax });
  return fc.oneof({ weight: 1, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: some });
}
