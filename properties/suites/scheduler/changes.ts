import fc from "fast-check";
import type { Fields } from "../../../actors/api/types.ts";
import type { ModelDeed } from "../model/messages.ts";
import { workMsMax } from "./nodes.ts";
import { device, zoneLabel } from "./pods.ts";

/** What there is to be changed: nodes and pods as they were made. */
export interface Made {
  readonly nodes: readonly Put[];
  readonly pods: readonly Put[];
}

type Put = ModelDeed & { readonly op: "put" };
/** What a user does to what was made, whatever that is. */
export type Change = (made: Made) => readonly ModelDeed[];

interface When {
  readonly atMs: number;
  readonly laterMs: number;
  readonly which: number;
}

const atMs = fc.nat(workMsMax - 2_000);
const when = fc.record({ atMs, laterMs: fc.integer({ min: 20, max: 2_000 }), which: fc.nat(999) });

/** One of them: as many are as likely as the others. */
function one(puts: readonly Put[], { which }: When): Put | undefined {
  return puts[which % puts.length];
}

function merge({ resource, object }: Put, ms: number, patch: Fields): ModelDeed {
  return { op: "merge", atMs: ms, resource, ...placeOf(object), patch };
}

function placeOf({ metadata }: Put["object"]): { readonly namespace?: string; readonly name: string } {
  const { name, namespace } = metadata as { readonly name: string; readonly namespace?: string };
  return namespace === undefined ? { name } : { name, namespace };
}

/** A node is changed, and then changed back or otherwise: whom that helps has to be woken. */
const ofNodes: fc.Arbitrary<Change> = fc
  .record({
    when,
    kind: fc.constantFrom("cordon", "taint", "disk", "disk", "zone", "cpu", "device", "pods"),
    isBack: fc.boolean(),
    value: fc.nat(1),
  })
  .map(
    ({ when: at, kind, isBack, value }): Change =>
      ({ nodes }) => {
        const put = one(nodes, at);
        if (!put) return [];
        const changed = merge(put, at.atMs, nodePatch(kind, value));
        const { spec, status } = put.object;
        const labels = { disk: null, [zoneLabel]: null, ...(put.object.metadata.labels as Fields) };
        const back = { metadata: { labels }, spec: { unschedulable: false, ...(spec as Fields) }, status };
        return isBack ? [changed, merge(put, at.atMs + at.laterMs, back)] : [changed];
      },
  );

function nodePatch(kind: string, value: number): Fields {
  switch (kind) {
    case "cordon":
      return { spec: { unschedulable: value === 0 } };
    case "taint": {
      const taint = { key: "kept", value: "yes", effect: value === 0 ? "NoSchedule" : "NoExecute" };
      return { spec: { taints: [taint] } };
    }
    case "disk":
      return { metadata: { labels: { disk: value === 0 ? "ssd" : null } } };
    case "zone":
      return { metadata: { labels: { [zoneLabel]: value === 0 ? "zone-a" : "zone-b" } } };
    case "pods":
      return { status: { allocatable: { pods: value === 0 ? "1" : "4" } } };
    default:
      return { status: { allocatable: { [kind === "cpu" ? "cpu" : device]: value === 0 ? "1" : "4" } } };
  }
}

/** A node goes; now and then it comes again under its name, sooner or later than its pods end. */
const losses: fc.Arbitrary<Change> = fc.record({ when, returns: fc.boolean() }).map(
  ({ when: at, returns }): Change =>
    ({ nodes }) => {
      const put = one(nodes, at);
      if (!put) return [];
      const goes: ModelDeed = { op: "remove", atMs: at.atMs, resource: "nodes", ...placeOf(put.object) };
      return returns ? [goes, { ...put, atMs: at.atMs + at.laterMs }] : [goes];
    },
);

/** Pods are deleted, end, get other labels, or pass their gate. */
const ofPods: fc.Arbitrary<Change> = fc
  .record({
    when,
    kind: fc.constantFrom("remove", "remove", "force", "end", "end", "label", "gate"),
    app: fc.constantFrom("red", "blue"),
  })
  .map(
    ({ when: at, kind, app }): Change =>
      ({ pods }) => {
        const gated = kind === "gate" ? pods.filter(({ object }) => (object.spec as Fields).schedulingGates) : pods;
        const put = one(gated, at);
        if (!put) return [];
        if (kind === "gate") return [merge(put, at.atMs, { spec: { schedulingGates: null } })];
        if (kind === "label") return [merge(put, at.atMs, { metadata: { labels: { app } } })];
        if (kind === "end") return [merge(put, at.atMs, { status: { phase: "Succeeded" } })];
        return [{ op: "remove", atMs: at.atMs, resource: "pods", ...placeOf(put.object), force: kind === "force" }];
      },
  );

/** Somebody for whom others have to go is gone himself before they are. */
const regrets: fc.Arbitrary<Change> = fc.record({ when, afterMs: fc.nat(300) }).map(
  ({ when: at, afterMs }): Change =>
    ({ pods }) => {
      const urgent = pods.filter(({ object }) => Number((object.spec as Fields).priority) > 0);
      const put = one(urgent, at);
      if (!put) return [];
      return [{ op: "remove", atMs: put.atMs + afterMs, resource: "pods", ...placeOf(put.object) }];
    },
);

/** What users do to what they made. */
export const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 5, arbitrary: ofNodes },
  { weight: 2, arbitrary: losses },
  { weight: 5, arbitrary: ofPods },
  { weight: 1, arbitrary: regrets },
);
