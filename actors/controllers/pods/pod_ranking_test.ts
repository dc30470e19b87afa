import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { formatTime } from "../../api/time.ts";
import type { Frozen, Pod } from "../../api/types.ts";
import { podsToGiveUp } from "./pod_ranking.ts";

const nowMs = Date.UTC(2026, 0, 1);

interface Traits {
  readonly node?: string;
  readonly phase?: string;
  readonly readySinceMs?: number;
  readonly cost?: string;
  readonly restarts?: number;
  readonly ageMs?: number;
}

function podWith(name: string, traits: Traits = {}): Frozen<Pod> {
  const { node = "n", phase = "Running", readySinceMs, cost, restarts = 0, ageMs = 10_000 } = traits;
  const ready = { type: "Ready", status: "True", lastTransitionTime: formatTime(nowMs - (readySinceMs ?? 0)) };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      uid: name,
      creationTimestamp: formatTime(nowMs - ageMs),
      ...(cost !== undefined && { annotations: { "controller.kubernetes.io/pod-deletion-cost": cost } }),
    },
    spec: { nodeName: node, containers: [] },
    status: {
      phase,
      conditions: readySinceMs === undefined ? [] : [ready],
      containerStatuses: [{ name: "c", image: "", imageID: "", ready: true, restartCount: restarts }],
    },
  };
}

const order = (pods: Frozen<Pod>[], related: Frozen<Pod>[] = []) =>
  podsToGiveUp(pods, { related, nowMs }).map(({ metadata }) => metadata.name);

test("podsToGiveUp() gives up first what is worth least, criterion by criterion", () => {
  const well = { readySinceMs: 100_000, ageMs: 200_000 };
  const pods = [
    podWith("well", well),
    podWith("old-but-restarted", { ...well, restarts: 3 }),
    podWith("just-ready", { ...well, readySinceMs: 1_000 }),
    podWith("cheap", { ...well, cost: "-5" }),
    podWith("dear", { ...well, cost: "5" }),
    podWith("not-ready", { ageMs: 200_000 }),
    podWith("pending", { phase: "Pending", ageMs: 200_000 }),
    podWith("unassigned", { node: "", phase: "Pending" }),
  ];
  const wanted = ["unassigned", "pending", "not-ready", "cheap", "just-ready", "old-but-restarted", "well", "dear"];
  assert.deepEqual(order(pods), wanted);
});

test("podsToGiveUp() gives up a pod that crowds its node before one that is alone", () => {
  const traits = { readySinceMs: 100_000 };
  const [a, b, c] = [
    podWith("a", { ...traits, node: "x" }),
    podWith("b", { ...traits, node: "y" }),
    podWith("c", { ...traits, node: "y" }),
  ];
  assert.deepEqual(order([a, b, c], [a, b, c]), ["b", "c", "a"]);
});

test("podsToGiveUp() takes pods of about one age for equally old", () => {
  const pods = [
    podWith("b", { readySinceMs: 100_000, ageMs: 100_000 }),
    podWith("a", { readySinceMs: 110_000, ageMs: 110_000 }),
  ];
  assert.deepEqual(order(pods), ["a", "b"]);
});

const traits = fc.record({
  node: fc.constantFrom("", "x", "y"),
  phase: fc.constantFrom("Pending", "Running", "Unknown"),
  cost: fc.constantFrom("0", "-1", "1", "junk"),
  restarts: fc.nat(2),
  ageMs: fc.nat(500_000),
});

property(
  "podsToGiveUp() is a permutation, and the same whatever the order it is asked in",
  [fc.array(traits, { maxLength: 8 }), fc.nat(100)],
  (all, turn) => {
    const pods = all.map((each, index) => podWith(`pod-${index}`, each));
    const turned = [...pods.slice(turn % (pods.length + 1)), ...pods.slice(0, turn % (pods.length + 1))];
    assert.deepEqual(order(pods, pods), order(turned, turned));
    assert.deepEqual(order(pods).sort(), pods.map(({ metadata }) => metadata.name).sort());
  },
);

test("podsToGiveUp() lets chance decide among pods that are ready for about as long, before it looks at restarts", () => {
  const pods = [
    podWith("b", { readySinceMs: 100_000, restarts: 9 }),
    podWith("a", { readySinceMs: 101_000 }),
    podWith("d", { readySinceMs: 100_000, restarts: 1 }),
  ];
  assert.deepEqual(order(pods), ["a", "b", "d"]);
});

test("podsToGiveUp() counts restarts of sidecars where those of other containers are as many", () => {
  const withSidecar = (name: string, restartCount: number): Frozen<Pod> => {
    const pod = podWith(name, { readySinceMs: 100_000 });
    const status = { name: "side", image: "", imageID: "", ready: true, restartCount };
    const initContainers = [{ name: "side", restartPolicy: "Always" }];
    return {
      ...pod,
      spec: { ...pod.spec, initContainers },
      status: { ...pod.status, initContainerStatuses: [status] },
    };
  };
  assert.deepEqual(order([withSidecar("a", 0), withSidecar("b", 2)]), ["b", "a"]);
});
