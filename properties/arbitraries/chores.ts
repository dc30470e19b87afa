import fc from "fast-check";
import { type ChoreCommand, type Command, holdFinalizer } from "../workload/command.ts";
import { jobImage, podSpec } from "../workload/manifests.ts";
import { imageNames, nodesMax } from "./topology.ts";
import { workloadMsMax } from "./workload.ts";

const atMs = fc.nat(workloadMsMax - 6_000);
const laterMs = fc.integer({ min: 1, max: 6_000 });
const image = fc.constantFrom(...imageNames);
const propagationPolicy = fc.constantFrom<("Orphan" | "Background" | "Foreground")[]>(
  "Orphan",
  "Background",
  "Foreground",
);

type Chore = fc.Arbitrary<readonly Command[]>;

/** A Job that runs to its end; now and then it is deleted before. */
const jobs: Chore = fc
  .record({
    atMs,
    laterMs,
    completions: fc.integer({ min: 1, max: 4 }),
    parallelism: fc.integer({ min: 1, max: 3 }),
    isDropped: fc.constantFrom(false, false, true),
  })
  .map(({ atMs: ms, laterMs: later, completions, parallelism, isDropped }) => {
    const what = { kind: "Job", namespace: "default", name: "batch" } as const;
    const template = { spec: { ...podSpec({ image: jobImage }), restartPolicy: "Never" } };
    const metadata = { name: what.name, namespace: what.namespace };
    const object = { apiVersion: "batch/v1", kind: "Job", metadata, spec: { completions, parallelism, template } };
    const made: Command = { op: "make", ...what, atMs: ms, object };
    return isDropped ? [made, { op: "drop", ...what, atMs: ms + later, propagationPolicy: "Background" }] : [made];
  });

/** A ReplicationController, which is scaled, and deleted in one of the three ways. */
const controllers: Chore = fc
  .record({ atMs, laterMs, image, replicas: fc.nat(3), more: fc.nat(3), propagationPolicy, isDropped: fc.boolean() })
  .map(({ atMs: ms, laterMs: later, image: of, replicas, more, propagationPolicy: policy, isDropped }) => {
    const what = { kind: "ReplicationController", namespace: "default", name: "crew" } as const;
    const object = controllerOf(what, { image: of, replicas });
    const commands: Command[] = [
      { op: "make", ...what, atMs: ms, object },
      { op: "change", ...what, atMs: ms + (later >> 1), patch: { spec: { replicas: more } } },
    ];
    return isDropped ? [...commands, { op: "drop", ...what, atMs: ms + later, propagationPolicy: policy }] : commands;
  });

/** A namespace with something in it that holds up its end for a while, and with pods. */
const namespaces: Chore = fc
  .record({ atMs, laterMs, image, holdMs: fc.integer({ min: 1, max: 3_000 }), replicas: fc.nat(2) })
  .map(({ atMs: ms, laterMs: later, image: of, holdMs, replicas }): Command[] => {
    const space = { kind: "Namespace", namespace: "", name: "team" } as const;
    const held = { kind: "ConfigMap", namespace: "team", name: "held" } as const;
    const crew = { kind: "ReplicationController", namespace: "team", name: "crew" } as const;
    const metadata = { name: "held", namespace: "team", finalizers: [holdFinalizer] };
    return [
      { op: "make", ...space, atMs: ms, object: { apiVersion: "v1", kind: "Namespace", metadata: { name: "team" } } },
      { op: "make", ...held, atMs: ms, object: { apiVersion: "v1", kind: "ConfigMap", metadata } },
      { op: "make", ...crew, atMs: ms, object: controllerOf(crew, { image: of, replicas }) },
      { op: "drop", ...space, atMs: ms + later, propagationPolicy: "Background" },
      { op: "change", ...held, atMs: ms + later + holdMs, patch: { metadata: { finalizers: null } } },
    ];
  });

/** A node takes no pods for a while; all of them at once leave pods waiting, which have to be woken. */
const cordons: Chore = fc
  .record({ atMs, laterMs, nodes: fc.integer({ min: 1, max: nodesMax }) })
  .map(({ atMs: ms, laterMs: later, nodes }) =>
    Array.from({ length: nodes }, (_each, index) => `node-${index}`).flatMap((name): Command[] => [
      { op: "cordon", name, atMs: ms, isOn: true },
      { op: "cordon", name, atMs: ms + later, isOn: false },
    ]),
  );

/** What users do beside keeping servers: Jobs, ReplicationControllers, namespaces that go, nodes that are cordoned. */
export function chores(): Chore {
  return fc
    .tuple(sometimes(jobs), sometimes(controllers), sometimes(namespaces), sometimes(cordons))
    .map((all) => all.flat());
}

function sometimes(chore: Chore): Chore {
  return fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: chore });
}

function controllerOf(
  { name, namespace }: Pick<ChoreCommand, "name" | "namespace">,
  { image: of, replicas }: { readonly image: string; readonly replicas: number },
) {
  const selector = { app: name };
  const template = { metadata: { labels: selector }, spec: podSpec({ image: of }) };
  const metadata = { name, namespace };
  return { apiVersion: "v1", kind: "ReplicationController", metadata, spec: { replicas, selector, template } };
}
