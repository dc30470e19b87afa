import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { createControllerLab, deploymentNamed } from "../../../properties/stages/controllers/lab.ts";
import { createPlainLoop } from "../../../properties/stages/controllers/plain_loop.ts";
import { podDisruptionBudget } from "../../api/kinds/pod_disruption_budget.ts";
import { formatTime } from "../../api/time.ts";
import { failed, ok } from "../../kit/result.ts";
import { disruption } from "./disruption.ts";

const namespace = "default";
const nowMs = Date.UTC(2026, 0, 1);
const key = "default/web";

const ownedBy = (kind: string, name: string, apiVersion = "apps/v1") => [
  { apiVersion, kind, name, uid: `uid-${name}`, controller: true },
];
const pod = (
  name: string,
  { owners, ready = true, ...meta }: { owners?: object[]; ready?: boolean; [more: string]: unknown } = {},
) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace, labels: { app: "web" }, ...(owners && { ownerReferences: owners }), ...meta },
  spec: { containers: [] },
  status: { phase: "Running", conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
});
const budget = (spec: object, status: object = {}, name = "web") => ({
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  metadata: { name, namespace, generation: 2 },
  spec: { selector: { matchLabels: { app: "web" } }, ...spec },
  status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0, ...status },
});
const scaled = (kind: string, name: string, replicas: number, more: object = {}) => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { name, namespace, uid: `uid-${name}`, ...more },
  spec: { replicas },
  status: {},
});

type Loop = ReturnType<typeof createPlainLoop>;

/** The numbers of the budget after a turn, and why: allowed, healthy, desired, expected. */
function judged(loop: Loop): string {
  const plan = loop.turn(key, nowMs);
  assert.ok(plan);
  const { status } = loop.all(podDisruptionBudget).find(({ metadata }) => metadata.name === "web") ?? assert.fail();
  const { disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods, conditions = [] } = status;
  const [condition] = conditions;
  assert.equal(status.observedGeneration ?? 2, 2);
  return `${disruptionsAllowed} of ${currentHealthy}, ${desiredHealthy} wanted of ${expectedPods}: ${condition?.status} ${condition?.reason}`;
}

test("disruption counts a Deployment's pods once, whatever ReplicaSets it has, and rounds shares up", () => {
  const loop = createPlainLoop(disruption);
  loop.put(budget({ maxUnavailable: "30%" }));
  loop.put(scaled("Deployment", "web", 5));
  for (const name of ["new", "old"])
    loop.put(scaled("ReplicaSet", name, 3, { ownerReferences: ownedBy("Deployment", "web") }));
  for (const name of ["a", "b", "c"]) loop.put(pod(name, { owners: ownedBy("ReplicaSet", "new") }));
  for (const name of ["d", "e"]) loop.put(pod(name, { owners: ownedBy("ReplicaSet", "old") }));
  assert.equal(judged(loop), "2 of 5, 3 wanted of 5: True SufficientPods");
  loop.put(pod("e", { owners: ownedBy("ReplicaSet", "old"), ready: false }));
  loop.put(pod("d", { owners: ownedBy("ReplicaSet", "old"), deletionTimestamp: formatTime(nowMs) }));
  assert.equal(judged(loop), "0 of 3, 3 wanted of 5: False InsufficientPods");
  assert.equal(loop.turn(key, nowMs)?.actions.length, 0, "a status that is right is not written again");
});

test("disruption takes a minAvailable that is a number of the pods that are there, whoever made them", () => {
  const loop = createPlainLoop(disruption);
  loop.put(budget({ minAvailable: 2 }));
  assert.equal(judged(loop), "0 of 0, 2 wanted of 0: False InsufficientPods");
  assert.deepEqual(loop.told, ["Normal NoPods: No matching pods found"]);
  for (const name of ["a", "b", "c"]) loop.put(pod(name));
  assert.equal(judged(loop), "1 of 3, 2 wanted of 3: True SufficientPods");
  loop.put(budget({ minAvailable: "50%" }));
  assert.equal(judged(loop), "0 of 3, 0 wanted of 0: False InsufficientPods", "who has no controller has no scale");
  assert.match(
    loop.told.at(-1) ?? "",
    /^Warning UnmanagedPods: Pods selected by this PodDisruptionBudget \(selector: &LabelSelector\{MatchLabels:map\[string\]string\{app: web,\},MatchExpressions:\[\]LabelSelectorRequirement\{\},\}\) were found to be unmanaged\./,
  );
});

test("disruption does not count pods whose eviction was granted, for two minutes, and says when none came", () => {
  const loop = createPlainLoop(disruption);
  const disruptedPods = { a: formatTime(nowMs - 60_000), b: formatTime(nowMs - 121_000), gone: formatTime(nowMs) };
  loop.put(budget({ minAvailable: 1 }, { disruptedPods }));
  for (const name of ["a", "b", "c"]) loop.put(pod(name));
  const plan = loop.turn(key, nowMs);
  assert.equal(plan?.againAfterMs, 60_001);
  const [{ status }] = loop.all(podDisruptionBudget) as unknown as [
    { status: { disruptedPods: object; disruptionsAllowed: number } },
  ];
  assert.deepEqual([Object.keys(status.disruptedPods), status.disruptionsAllowed], [["a"], 1]);
  const told = "Warning NotDeleted: Pod was expected by PDB default/default to be deleted but it wasn't";
  assert.deepEqual(loop.told, [told]);
});

test("disruption asks the API for the scale of a custom kind, and lets nothing go where there is none", () => {
  const answers = [
    ok({ metadata: { uid: "uid-farm" }, spec: { replicas: 4 } }),
    failed({ code: 404, reason: "NotFound", message: "gone" } as const),
  ];
  const loop = createPlainLoop(disruption, ({ kind, name, subresource }) => {
    assert.deepEqual([kind.plural, name, subresource], ["farms", "farm", "scale"]);
    return answers.shift() ?? assert.fail();
  });
  loop.put(budget({ maxUnavailable: 1 }));
  loop.put({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "farms.example.com" },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { plural: "farms", kind: "Farm" },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object" } },
          subresources: { scale: { specReplicasPath: ".spec.replicas", statusReplicasPath: ".status.replicas" } },
        },
      ],
    },
    status: { acceptedNames: { plural: "farms", kind: "Farm" }, conditions: [{ type: "Established", status: "True" }] },
  });
  for (const name of ["a", "b", "c", "d"]) loop.put(pod(name, { owners: ownedBy("Farm", "farm", "example.com/v1") }));
  assert.equal(judged(loop), "1 of 4, 3 wanted of 4: True SufficientPods");
  assert.equal(judged(loop), "0 of 4, 3 wanted of 4: False SyncFailed");
  loop.put(pod("e", { owners: ownedBy("DaemonSet", "agents") }));
  assert.equal(judged(loop), "0 of 4, 3 wanted of 4: False SyncFailed");
  const failure = "Warning CalculateExpectedPodCountFailed: Failed to calculate the number of expected pods: ";
  assert.deepEqual(loop.told, [
    `${failure}found no controllers for pod "a"`,
    `${failure}daemonsets.apps does not implement the scale subresource`,
  ]);
});

test("disruption tells once of a pod that several budgets count", () => {
  const loop = createPlainLoop(disruption);
  loop.put(budget({ minAvailable: 1 }));
  loop.put(budget({ maxUnavailable: 1 }, {}, "other"));
  loop.put(pod("a", { owners: ownedBy("ReplicaSet", "web") }));
  loop.turn(key, nowMs);
  loop.turn(key, nowMs);
  const text = 'Pod "default"/"a" matches multiple PodDisruptionBudgets.  Chose "web" arbitrarily.';
  assert.deepEqual(loop.told, [`Warning MultiplePodDisruptionBudgets: ${text}`]);
});

property(
  "evictions never leave fewer healthy pods than the budget asks for, and are granted when it allows them",
  [
    fc.record({
      seed: fc.nat(),
      replicas: fc.integer({ min: 2, max: 5 }),
      minAvailable: fc.integer({ min: 1, max: 4 }),
      bursts: fc.array(fc.record({ count: fc.integer({ min: 1, max: 4 }), ms: fc.constantFrom(0, 20, 300, 2_000) }), {
        minLength: 2,
        maxLength: 5,
      }),
    }),
  ],
  ({ seed, replicas, minAvailable, bursts }) => {
    const lab = createControllerLab({ loops: ["deployment", "replica-set", "disruption"], seed });
    lab.call("create", "deployments", { namespace, body: deploymentNamed("web", { replicas }) });
    lab.call("create", "poddisruptionbudgets", { namespace, body: budget({ minAvailable }) });
    const healthy = () =>
      lab
        .all("pods")
        .filter(
          ({ metadata, status }) =>
            !metadata.deletionTimestamp &&
            status.conditions?.some(
              (each: { type: string; status: string }) => each.type === "Ready" && each.status === "True",
            ),
        );
    const settled = () =>
      healthy().length === replicas && lab.one("poddisruptionbudgets", "web").status.currentHealthy === replicas;
    assert.ok(lab.until(settled));
    let granted = 0;
    for (const { count, ms } of bursts) {
      const names: string[] = healthy().map(({ metadata }) => metadata.name);
      // All at once: only the write to the budget keeps them apart.
      const asked = names.slice(0, count).map((name) =>
        lab.begin(`/api/v1/namespaces/default/pods/${name}/eviction`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ apiVersion: "policy/v1", kind: "Eviction", metadata: { name } }),
        }),
      );
      for (let tick = 0; tick < 60; tick++) {
        lab.simulation.advance(2);
        assert.ok(healthy().length >= Math.min(minAvailable, replicas), `${healthy().length} are left`);
      }
      granted += asked.filter((each) => each.code() === 201).length;
      lab.simulation.advance(ms);
    }
    assert.ok(lab.until(settled));
    assert.equal(granted > 0, replicas > minAvailable);
  },
  {
    runs: 6,
    examples: [
      [
        {
          seed: 1,
          replicas: 4,
          minAvailable: 3,
          bursts: [
            { count: 4, ms: 20 },
            { count: 4, ms: 300 },
          ],
        },
      ],
    ],
  },
);
