import { assert, test } from "../house/test.ts";
import { sidecarsUncounted } from "../mutations/sidecars_uncounted.ts";
import { type NodeSketch, nodeOf, type PodSketch, podOf } from "../stages/scheduler/scheduling_objects.ts";
import { whyNot } from "../suites/scheduler/oracle.ts";
import { perform } from "./perform.ts";
import { performerWith } from "./performers.ts";
import { runOf, type SearchResult } from "./search.ts";

const suite = "scheduler";

test("a campaign of the scheduler suite breaks no rule", () => {
  for (let index = 0; index < 20; index++) {
    assert.equal(perform(runOf({ campaignSeed: 4, index, suite })).violation, undefined, `run ${index}`);
  }
});

test("searchOne() shrinks what breaks a rule of the scheduler suite, and plays it again", async () => {
  const { name: mutation, found: hunt } = sidecarsUncounted;
  assert.ok("properties" in hunt);
  const { searchOne: search, performRun } = await performerWith(mutation);
  const job = { campaignSeed: hunt.campaignSeed, mutation, suite, shrinksMax: 60 };
  let found: SearchResult["found"];
  for (let index = 0; !found && index < hunt.runsMax; index++) found = search({ ...job, index }).found;
  assert.ok(found);
  assert.ok(hunt.properties.includes(found.violation.property), found.violation.property);
  assert.ok(found.definition.workload.length < 8, "it was not shrunk");
  const again = performRun(found.definition);
  assert.deepEqual([again.hash, again.violation], [found.hash, found.violation]);
});

test("whyNot() tells what keeps a pod from a node, one thing at a time", () => {
  const app = { labels: { app: "red" } };
  const selector = { labelSelector: { matchLabels: { app: "red" } } };
  const term = { ...selector, topologyKey: "kubernetes.io/hostname" };
  const [required, spread] = ["requiredDuringSchedulingIgnoredDuringExecution", "topologySpreadConstraints"];
  const cases: readonly (readonly [RegExp, Omit<PodSketch, "name">, Omit<NodeSketch, "name">?])[] = [
    [/cordoned/, {}, { unschedulable: true }],
    [/taint kept/, {}, { taints: [{ key: "kept", effect: "NoExecute" }] }],
    [/asks for/, { spec: { nodeSelector: { disk: "ssd" } } }],
    [/port/, { hostPorts: [80] }],
    [/too many pods/, {}, { allocatable: { pods: "1" } }],
    [/not enough cpu/, { requests: { cpu: "3500m" } }],
    [/which it avoids/, { spec: { affinity: { podAntiAffinity: { [required]: [term] } } } }],
    [/nobody is near/, { spec: { affinity: { podAffinity: { [required]: [{ ...term, namespaces: ["other"] }] } } } }],
    [/skew of 2/, { ...app, spec: { [spread]: [{ ...term, maxSkew: 1, whenUnsatisfiable: "DoNotSchedule" }] } }],
  ];
  const other = podOf({ name: "other", node: "here", hostPorts: [80], requests: { cpu: "1" }, ...app });
  const far = nodeOf({ name: "far" });
  for (const [why, pod, node = {}] of cases) {
    const here = nodeOf({ name: "here", ...node });
    const scene = { nodes: [here, far], placed: [other] };
    const sketch = podOf({ name: "new", requests: {}, ...pod });
    assert.match(whyNot(sketch, here, scene) ?? "nothing", why);
    const plain = podOf({ name: "new", requests: { cpu: "1" } });
    assert.equal(whyNot(plain, nodeOf({ name: "here" }), scene), undefined);
  }
});
