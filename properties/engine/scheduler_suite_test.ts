import { createHash } from "../../runtime/core/journal.ts";
import { assert, test } from "../house/test.ts";
import { sidecarsUncounted } from "../mutations/sidecars_uncounted.ts";
import { type NodeSketch, nodeOf, type PodSketch, podOf } from "../stages/scheduler/scheduling_objects.ts";
import { whyNot } from "../suites/scheduler/oracle.ts";
import { runCampaign } from "./campaign.ts";
import { mixedSuite } from "./campaign_suites.ts";
import { perform, stagedSuites } from "./perform.ts";
import { performerWith } from "./performers.ts";
import { runOf, type SearchResult, searchOne } from "./search.ts";

const suite = "scheduler";

test("a campaign of the scheduler suite performs, with two workers, the very runs of this process, and breaks no rule", async () => {
  const { hash, violations } = await runCampaign({ runs: 20, seed: 4, workers: 2, suite });
  const expected = createHash();
  for (let index = 0; index < 20; index++) expected.text(perform(runOf({ campaignSeed: 4, index, suite })).hash);
  assert.equal(hash, expected.hex());
  assert.deepEqual(violations, []);
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

test("searchOne() of the mixed suite performs a whole cluster's run, and after it some of every smaller stage", () => {
  const job = { campaignSeed: 31, index: 1 };
  const expected = createHash();
  expected.text(searchOne(job).hash);
  for (const { name, besides } of stagedSuites) {
    for (let nth = 0; nth < besides; nth++) {
      expected.text(searchOne({ ...job, suite: name, index: besides + nth }).hash);
    }
  }
  const mixed = searchOne({ ...job, suite: mixedSuite });
  assert.deepEqual([mixed.hash, mixed.index, mixed.found], [expected.hex(), 1, undefined]);
});
