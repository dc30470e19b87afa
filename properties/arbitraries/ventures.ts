import fc from "fast-check";
import type { PodSpec } from "../../actors/api/types.ts";
import type { Topology } from "../../scenarios/cluster/topology.ts";
import type { Command } from "../workload/command.ts";
import { failingImage, jobImage, podCpuMillis, podSpec } from "../workload/manifests.ts";
import { type ErrandPlace, makeCrew } from "./errands.ts";
import { imageNames } from "./topology.ts";
import { workloadMsMax } from "./workload.ts";

type Venture = fc.Arbitrary<readonly Command[]>;

const image = fc.constantFrom(...imageNames);
const laterMs = fc.integer({ min: 500, max: 4_000 });
const within = (ms: number) => fc.nat(workloadMsMax - ms);
const namespace = "default";

/**
 * A set gets pods that come to nothing, and is made smaller again: those have to go, not the ones that serve. In the end
 * all of them go with it: who is scaled down to nothing and up again while nobody looks keeps those that come to nothing.
 */
const leftovers: Venture = fc
  .record({
    atMs: within(14_000),
    image,
    kept: fc.integer({ min: 1, max: 2 }),
    more: fc.integer({ min: 1, max: 2 }),
    broken: fc.constantFrom("broken:1", "broken:2"),
    laterMs,
  })
  .map(({ atMs, image: of, kept, more, broken, laterMs: later }): Command[] => {
    const name = "mixed";
    const change = (ms: number, replicas: number, each: string): Command => {
      const template = { metadata: { labels: { app: name } }, spec: podSpec({ image: each }) };
      const patch = { spec: { replicas, template } };
      return { op: "change", kind: "ReplicationController", namespace, name, atMs: atMs + ms, patch };
    };
    return [
      makeCrew(atMs, { name, replicas: kept, spec: podSpec({ image: of }) }),
      change(4_000, kept + more, broken),
      change(6_500 + later, kept, of),
      {
        ...{ op: "drop", kind: "ReplicationController", namespace, name, propagationPolicy: "Background" },
        atMs: atMs + 9_500 + later,
      },
    ];
  });

/** Pods are there before the set that takes them in, and one of them is taken out of it again. */
const foundlings: Venture = fc
  .record({
    atMs: within(8_000),
    image,
    replicas: fc.nat(3),
    leavesMs: fc.integer({ min: 500, max: 3_000 }),
    shows: fc.boolean(),
  })
  .map(({ atMs, image: of, replicas, leavesMs, shows }): Command[] => {
    const app = "found";
    const names = ["found-a", "found-b"];
    const labels = { app };
    const object = (name: string) => ({
      ...{ apiVersion: "v1", kind: "Pod" },
      ...{ metadata: { name, namespace, labels }, spec: podSpec({ image: of }) },
    });
    const left = { kind: "Pod", namespace, name: "found-a" } as const;
    const leaves = atMs + 1_500 + leavesMs;
    return [
      ...names.map((name): Command => ({ op: "make", kind: "Pod", namespace, name, atMs, object: object(name) })),
      ...(shows ? [{ op: "createService", name: "finder", selects: app, shape: "plain", atMs } as const] : []),
      makeCrew(atMs + 1_500, { name: app, replicas, spec: podSpec({ image: of }) }),
      { op: "change", ...left, atMs: leaves, patch: { metadata: { labels: { app: "lost" } } } },
      { op: "drop", ...left, atMs: leaves + 2_000, propagationPolicy: "Background" },
    ];
  });

/** A Job whose pods fail, and are tried again after a while; or that takes longer than it may. */
const retries: Venture = fc
  .record({ atMs: within(6_000), isLate: fc.boolean(), image })
  .map(({ atMs, isLate, image: of }) => {
    const name = isLate ? "late" : "retried";
    const template = { spec: { ...podSpec({ image: isLate ? of : failingImage }), restartPolicy: "Never" } };
    const spec = { template, backoffLimit: 1, ...(isLate ? { activeDeadlineSeconds: 4 } : {}) };
    const object = { apiVersion: "batch/v1", kind: "Job", metadata: { name, namespace }, spec };
    return [{ op: "make", kind: "Job", namespace, name, atMs, object }];
  });

/** A Job whose pods have numbers; now and then it has to wait before it may begin. */
const numbered: Venture = fc
  .record({ atMs: within(6_000), laterMs, completions: fc.integer({ min: 3, max: 5 }), waits: fc.boolean() })
  .map(({ atMs, laterMs: later, completions, waits }): Command[] => {
    const what = { kind: "Job", namespace, name: "numbered" } as const;
    const template = { spec: { ...podSpec({ image: jobImage }), restartPolicy: "Never" } };
    const spec = { template, completions, parallelism: 2, completionMode: "Indexed", suspend: waits };
    const object = { apiVersion: "batch/v1", kind: "Job", metadata: { name: what.name, namespace }, spec };
    const made: Command = { op: "make", ...what, atMs, object };
    return waits ? [made, { op: "change", ...what, atMs: atMs + later, patch: { spec: { suspend: false } } }] : [made];
  });

/** Pods that need what is made only after them. */
const readers: Venture = fc
  .record({ atMs: within(8_000), image, replicas: fc.integer({ min: 1, max: 2 }), laterMs, isVolume: fc.boolean() })
  .map(({ atMs, image: of, replicas, laterMs: later, isVolume }): Command[] => {
    const metadata = { name: "book", namespace };
    const book = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { page: "one" } };
    return [
      makeCrew(atMs, {
        name: "reader",
        replicas,
        spec: isVolume ? mounting(podSpec({ image: of })) : reading(podSpec({ image: of })),
      }),
      { op: "make", kind: "ConfigMap", namespace, name: "book", atMs: atMs + later, object: book },
    ];
  });

function mounting(spec: PodSpec): PodSpec {
  return { ...spec, volumes: [{ name: "book", configMap: { name: "book" } }] };
}

function reading(spec: PodSpec): PodSpec {
  const env = [{ name: "PAGE", valueFrom: { configMapKeyRef: { name: "book", key: "page" } } }];
  return { ...spec, containers: spec.containers.map((each) => ({ ...each, env })) };
}

/** Pods whose init containers take their time, of a set that grows. */
const starters: Venture = fc
  .record({ atMs: within(8_000), image, laterMs, replicas: fc.integer({ min: 1, max: 2 }) })
  .map(({ atMs, image: of, laterMs: later, replicas }): Command[] => {
    const name = "starter";
    const crew = { kind: "ReplicationController", namespace, name } as const;
    const spec = podSpec({ image: of, inits: true });
    const slow = { ...spec, initContainers: [...(spec.initContainers ?? []), { name: "second", image: jobImage }] };
    return [
      makeCrew(atMs, { name, replicas, spec: slow }),
      { op: "change", ...crew, atMs: atMs + later, patch: { spec: { replicas: replicas + 1 } } },
    ];
  });

/** Pods go all of a sudden: nobody waits for their containers, which take room for a while. */
const sudden: Venture = fc
  .array(
    fc.record({ atMs: within(1), name: fc.constantFrom("web", "api", "db"), count: fc.integer({ min: 1, max: 3 }) }),
    { minLength: 2, maxLength: 5 },
  )
  .map((all) => all.map((each): Command => ({ op: "killPods", ...each, force: true })));

/** Pods that wait until those are gone beside which they cannot be: they have their port, or are to be kept away from. */
function neighbours({ nodes }: Topology): Venture {
  return fc
    .record({ atMs: within(8_000), image, laterMs, isPort: fc.boolean() })
    .map(({ atMs, image: of, laterMs: later, isPort }): Command[] => {
      const first = { kind: "ReplicationController", namespace, name: "first" } as const;
      const spec = podSpec({ image: of });
      return [
        makeCrew(atMs, { name: "first", replicas: nodes, spec: isPort ? withPort(spec) : spec }),
        makeCrew(atMs + 2_500, {
          name: "second",
          replicas: 2,
          spec: isPort ? withPort(spec) : awayFrom("first", spec),
        }),
        { op: "drop", ...first, atMs: atMs + 4_000 + later, propagationPolicy: "Background" },
        // On one port there is room for one on a node.
        { op: "change", ...first, name: "second", atMs: atMs + 4_000 + later, patch: { spec: { replicas: 1 } } },
      ];
    });
}

function withPort(spec: PodSpec): PodSpec {
  const ports = [{ containerPort: 80, hostPort: 8_082 }];
  return { ...spec, containers: spec.containers.map((each) => ({ ...each, ports })) };
}

function awayFrom(app: string, spec: PodSpec): PodSpec {
  const term = { labelSelector: { matchLabels: { app } }, topologyKey: "kubernetes.io/hostname" };
  return { ...spec, affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
}

/** A DaemonSet or an ordered StatefulSet that is given another image when it is complete. */
const guards: Venture = fc
  .record({
    atMs: within(9_000),
    image,
    next: image,
    surges: fc.constantFrom(false, false, true),
    isOrdered: fc.boolean(),
  })
  .map(({ atMs, image: of, next, surges, isOrdered }): Command[] => {
    const guard = { set: isOrdered ? "StatefulSet" : "DaemonSet", name: "guard" } as const;
    const [begin, change] = isOrdered ? [Math.min(atMs, 4_000), 13_000] : [atMs, 6_000];
    return [
      { op: "createSet", ...guard, replicas: 2, image: of, surges, probed: isOrdered, atMs: begin },
      { op: "setImageOfSet", ...guard, image: next, atMs: begin + change },
    ];
  });

/** Services that are soon gone, or come again under their name. */
const farewells: Venture = fc
  .record({
    atMs: within(9_000),
    laterMs,
    shape: fc.constantFrom("plain", "nodePort", "local", "headless"),
    selects: fc.constantFrom("web", "api", "db"),
    returns: fc.boolean(),
  })
  .map(({ atMs, laterMs: later, shape, selects, returns }): Command[] => {
    const service: Command = { op: "createService", name: "brief", selects, shape, atMs };
    const goes: Command = { op: "deleteService", name: "brief", atMs: atMs + 2_000 + later };
    return returns ? [service, goes, { ...service, atMs: goes.atMs + 500 }] : [service, goes];
  });

/** There is more to do than there is room for, until some of it is called off: what waits has to hear of it. */
function crowds({ nodeCapacity, nodes }: Topology): Venture {
  const room = (nodes * Number.parseInt(nodeCapacity?.cpu ?? "0", 10)) / podCpuMillis;
  return fc
    .record({ atMs: within(8_000), image, laterMs, waiting: fc.integer({ min: 1, max: 3 }) })
    .map(({ atMs, image: of, laterMs: later, waiting }): Command[] => {
      const spec = podSpec({ image: of });
      const end = (name: string, ms: number): Command[] => {
        const what = { kind: "ReplicationController", namespace, name } as const;
        return [
          { op: "change", ...what, atMs: ms, patch: { spec: { replicas: 0 } } },
          { op: "drop", ...what, atMs: ms + 1_500, propagationPolicy: "Background" },
        ];
      };
      return [
        makeCrew(atMs, { name: "crowd", replicas: room, spec }),
        makeCrew(atMs + 1_000, { name: "queue", replicas: waiting, spec }),
        ...end("crowd", atMs + 2_000 + later),
        // In the end there is room for all else.
        ...end("queue", workloadMsMax - 1_500),
      ];
    });
}

/** What comes up in every second run; much of it only where there is room for it. */
export function ventures({ topology, isTight }: ErrandPlace): Venture {
  const roomy = [sudden, leftovers, foundlings, retries, numbered, readers, starters, guards, neighbours(topology)];
  const one = fc.oneof(farewells, ...(isTight ? [crowds(topology), crowds(topology)] : roomy));
  const some = fc.uniqueArray(one, { minLength: 1, maxLength: isTight ? 2 : 3, selector: ([first]) => first?.name });
  return fc.oneof({ weight: 1, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: some.map((all) => all.flat()) });
}
