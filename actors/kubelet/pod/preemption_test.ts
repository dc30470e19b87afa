import { assert, test } from "../../../properties/house/test.ts";
import { kubeletStage } from "../../../properties/stages/kubelet/kubelet_stage.ts";
import type { Pod } from "../../api/types.ts";
import { type Occupant, whoMakesRoom } from "./preemption.ts";

const pod = (name: string, cpu: string, more: object = {}): Pod =>
  ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: { containers: [{ name: "c", image: "nginx", resources: { requests: { cpu } } }], ...more },
    status: {},
  }) as never;
const here = (...args: Parameters<typeof pod>): Occupant => ({ pod: pod(...args), isStatic: false });
const critical: Occupant = { pod: pod("critical", "1"), isStatic: true };
const namesOf = (occupants: readonly Occupant[], quantity: number) => {
  const found = whoMakesRoom(critical, occupants, [{ resource: "cpu", quantity }]);
  return found.ok ? found.value.map((each) => each.pod.metadata.name) : found.failure;
};

test("whoMakesRoom() takes few, the one that comes nearest, and none of a better class where a lesser will do", () => {
  const limits = { cpu: "2", memory: "1Gi" };
  const guaranteed = here("guaranteed", "2", {
    containers: [{ name: "c", image: "nginx", resources: { requests: limits, limits } }],
  });
  const small = [here("a", "100m"), here("b", "300m"), here("c", "500m")];
  assert.deepEqual(namesOf([guaranteed, ...small], 300), ["b"], "of those that do the smaller one");
  assert.deepEqual(namesOf([guaranteed, ...small], 600), ["c", "a"]);
  assert.deepEqual(namesOf([guaranteed, ...small], 1_000), ["guaranteed"], "no set of the lesser would do");
});

test("whoMakesRoom() spares who is as critical, and says when nobody's end would do", () => {
  const others = [{ ...here("static", "2"), isStatic: true }, here("system", "2", { priority: 2_000_001_000 })];
  const why =
    "preemption: error finding a set of pods to preempt: no set of running pods found to reclaim resources: [(res: cpu, q: 500), ]";
  assert.equal(namesOf(others, 500), why);
  assert.equal(namesOf([...others, here("a", "100m")], 600), why);
});

test("a static pod for which there is no room has lesser pods make it, and runs when they have ended", () => {
  const stage = kubeletStage({
    manifests: {},
    input: { capacity: { cpu: "1" } },
    images: { nginx: { stopMs: 3_000 } },
  });
  const spec = (cpu: string) => ({ containers: [{ name: "c", image: "nginx", resources: { requests: { cpu } } }] });
  stage.createPod("big", spec("600m"));
  stage.createPod("small", spec("200m"));
  stage.until(() => ["big", "small"].every((name) => stage.pod(name)?.status.phase === "Running"));
  const manifest = { apiVersion: "v1", kind: "Pod", metadata: { name: "own" }, spec: spec("700m") };
  stage.manifests.write("node-1", "own.yaml", JSON.stringify(manifest));
  assert.ok(stage.until(() => stage.pod("own-node-1")?.status.phase === "Running"));
  const { phase, reason, message, conditions = [] } = stage.pod("big")?.status ?? {};
  assert.deepEqual([phase, reason, message], ["Failed", "Preempting", "Preempted in order to admit critical pod"]);
  assert.equal(conditions.find(({ type }) => type === "DisruptionTarget")?.reason, "TerminationByKubelet");
  assert.equal(stage.pod("small")?.status.phase, "Running");
  assert.ok(stage.until(() => stage.events().some((event) => event.reason === "Preempting")));
});

test("a static pod that nobody can make room for is turned away, and has no mirror", () => {
  const stage = kubeletStage({ manifests: {}, input: { capacity: { cpu: "1" } } });
  const containers = [{ name: "c", image: "nginx", resources: { requests: { cpu: "2" } } }];
  const manifest = { apiVersion: "v1", kind: "Pod", metadata: { name: "own" }, spec: { containers } };
  stage.manifests.write("node-1", "own.yaml", JSON.stringify(manifest));
  assert.ok(stage.until(() => stage.events().some(({ reason }) => reason === "UnexpectedAdmissionError")));
  stage.simulation.advance(60_000);
  assert.equal(stage.pod("own-node-1"), undefined);
});
