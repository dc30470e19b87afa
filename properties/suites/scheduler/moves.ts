import fc from "fast-check";
import type { ModelDeed } from "../model/messages.ts";
import { workMsMax } from "./nodes.ts";
import { zoneLabel } from "./pods.ts";

/** All of its pods ask for this, and nobody else's. */
const moves = { moves: "yes" } as const;
const alike = { matchLabels: { app: "move" } };
const [required, zones] = ["requiredDuringSchedulingIgnoredDuringExecution", ["zone-a", "zone-b"]] as const;

/** What keeps such pods apart: none in a zone that has one, or no zone that has two more than another. */
const aparts = [
  { affinity: { podAntiAffinity: { [required]: [{ topologyKey: zoneLabel, labelSelector: alike }] } } },
  {
    topologySpreadConstraints: [
      { topologyKey: zoneLabel, maxSkew: 1, whenUnsatisfiable: "DoNotSchedule", labelSelector: alike },
    ],
  },
  { affinity: { podAffinity: { [required]: [{ topologyKey: zoneLabel, labelSelector: alike }] } } },
];

/**
 * Nodes of their own come to be in another zone while pods are about to be kept apart, or together, by zones: who waits may
 * have a place then, or who comes none. None in most runs.
 */
export function movings(): fc.Arbitrary<readonly ModelDeed[]> {
  const zone = fc.constantFrom(...zones);
  const one = fc
    .record({
      atMs: fc.nat(workMsMax - 4_000),
      first: fc.tuple(zone, zone, zone),
      later: fc.array(fc.record({ node: fc.nat(2), zone, afterMs: fc.integer({ min: 20, max: 900 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
      apart: fc.constantFrom(...aparts),
      pods: fc.array(fc.nat(2_500), { minLength: 2, maxLength: 5 }),
    })
    .map(({ atMs, first, later, apart, pods }): readonly ModelDeed[] => {
      const nameOf = (nth: number) => `move-${nth}`;
      const nodes = first.map((each, nth): ModelDeed => {
        const labels = { "kubernetes.io/hostname": nameOf(nth), [zoneLabel]: each, ...moves };
        const status = { allocatable: { cpu: "2", memory: "4Gi", pods: "110", "ephemeral-storage": "4Gi" } };
        const object = { apiVersion: "v1", kind: "Node", metadata: { name: nameOf(nth), labels }, spec: {}, status };
        return { op: "put", atMs, resource: "nodes", object };
      });
      let movesMs = atMs + 300;
      const changes = later.map(({ node, zone: to, afterMs }): ModelDeed => {
        movesMs += afterMs;
        const patch = { metadata: { labels: { [zoneLabel]: to } } };
        return { op: "merge", atMs: movesMs, resource: "nodes", name: nameOf(node), patch };
      });
      const resources = { requests: { cpu: "100m" } };
      const containers = [{ name: "main", image: "app:1", resources, ports: [] }];
      const wanting = pods.map((ms, nth): ModelDeed => {
        const metadata = { name: nameOf(nth), namespace: "default", labels: { app: "move" } };
        const spec = { schedulerName: "default-scheduler", priority: 0, nodeSelector: moves, containers, ...apart };
        const object = { apiVersion: "v1", kind: "Pod", metadata, spec, status: { phase: "Pending" } };
        return { op: "put", atMs: atMs + 100 + ms, resource: "pods", object };
      });
      return [...nodes, ...changes, ...wanting];
    });
  return fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: one });
}
