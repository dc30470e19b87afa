import fc from "fast-check";
import type { ModelDeed } from "../model/messages.ts";
import { workMsMax } from "./nodes.ts";

const place = "stand";
/** All of its pods ask for this, and nobody else's. */
const stands = { stand: "yes" };
/** Pods with this are those that the budget keeps, if there is one. */
export const guarded = { guarded: "yes" } as const;

interface Stand {
  readonly priority: number;
  readonly millis: number;
  /** Default false. */
  readonly isGuarded?: boolean;
}

/** A pod of that priority that asks for so many thousandths of a processor there. */
function pod(name: string, { priority, millis, isGuarded = false }: Stand) {
  const resources = { requests: { cpu: `${millis}m` } };
  const labels = { app: place, ...(isGuarded ? guarded : {}) };
  return {
    ...{ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "default", labels } },
    spec: {
      ...{ schedulerName: "default-scheduler", priority, nodeSelector: stands },
      containers: [{ name: "main", image: "app:1", resources, ports: [] }],
    },
    status: { phase: "Pending" },
  };
}

/** Who matters most is gone before there was room, which somebody else takes. */
function regret(atMs: number): readonly ModelDeed[] {
  const late = pod(`${place}-late`, { priority: 0, millis: 200 });
  return [
    { op: "remove", atMs, resource: "pods", namespace: "default", name: `${place}-urgent` },
    { op: "put", atMs: atMs + 500, resource: "pods", object: late },
  ];
}

/** A budget that lets none of its pods go: nobody counts them here. */
function budget(atMs: number): ModelDeed {
  const object = {
    ...{ apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: { name: place, namespace: "default" } },
    spec: { maxUnavailable: 0, selector: { matchLabels: guarded } },
    status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  };
  return { op: "put", atMs, resource: "poddisruptionbudgets", object };
}

const rank = fc.constantFrom(0, 0, 10, 50);
const millis = fc.constantFrom(200, 300, 400);

/**
 * A node of its own fills with pods that matter more and less, and then somebody comes who matters most: of those that
 * are there the least have to go, and as few as will do; or it goes again before there is
 * room, which is somebody else's then. Those that a budget keeps go
 * only where no others would do. None in most runs.
 */
export function standings(): fc.Arbitrary<readonly ModelDeed[]> {
  const one = fc
    .record({
      atMs: fc.nat(workMsMax - 4_000),
      cpu: fc.constantFrom("1", "1200m"),
      pods: fc.array(fc.record({ priority: rank, millis }), { minLength: 3, maxLength: 6 }),
      urgent: fc.constantFrom(300, 500, 700),
      afterMs: fc.integer({ min: 1_500, max: 3_500 }),
      /** So soon it goes again. */
      briefMs: fc.constantFrom(undefined, 20, 60, 120),
      hasBudget: fc.boolean(),
      guards: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
    })
    .map(({ atMs, cpu, pods, urgent, afterMs, briefMs, hasBudget, guards }): readonly ModelDeed[] => {
      const labels = { "kubernetes.io/hostname": place, ...stands };
      const allocatable = { cpu, memory: "4Gi", pods: "110", "ephemeral-storage": "4Gi" };
      const node = {
        ...{ apiVersion: "v1", kind: "Node", metadata: { name: place, labels } },
        ...{ spec: {}, status: { allocatable } },
      };
      const put = (resource: string, ms: number, object: typeof node | ReturnType<typeof pod>): ModelDeed => {
        return { op: "put", atMs: ms, resource, object };
      };
      return [
        put("nodes", atMs, node),
        ...(hasBudget ? [budget(atMs)] : []),
        ...pods.map((each, index) => {
          const isGuarded = hasBudget && guards[index] === true;
          return put("pods", atMs + 100 + 60 * index, pod(`${place}-${index}`, { ...each, isGuarded }));
        }),
        put("pods", atMs + afterMs, pod(`${place}-urgent`, { priority: 100, millis: urgent })),
        ...(briefMs === undefined ? [] : regret(atMs + afterMs + briefMs)),
      ];
    });
  return fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: one });
}
