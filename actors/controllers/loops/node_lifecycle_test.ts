import { loadMutated } from "../../../properties/engine/load_mutated.ts";
import { assert, test } from "../../../properties/house/test.ts";
import { fullDisruptionIgnored } from "../../../properties/mutations/full_disruption_ignored.ts";
import * as labs from "../../../properties/stages/controllers/lab.ts";
import { createControllerLab } from "../../../properties/stages/controllers/lab.ts";
import { addNodes, addPodOn, beat, evictingTaints } from "../../../properties/stages/controllers/nodes.ts";

const labPath = "properties/stages/controllers/lab.ts";
const loops = ["node-lifecycle", "taint-eviction"];
const unreachable = "node.kubernetes.io/unreachable";

function ready(lab: ReturnType<typeof createControllerLab>, name: string) {
  const { conditions } = lab.call("get", "nodes", { name }).body.status;
  return conditions.find((each: { type: string }) => each.type === "Ready");
}

test("nodeLifecycle takes a node for unreachable after 50 seconds of silence, and for well when it is heard of again", () => {
  const lab = createControllerLab({ loops });
  addNodes(lab, ["a", "b", "c", "d"]);
  beat(lab, ["a", "b", "c", "d"], 60_000);
  assert.equal(ready(lab, "d").status, "True");
  beat(lab, ["a", "b", "c"], 30_000);
  assert.equal(ready(lab, "d").status, "True");
  beat(lab, ["a", "b", "c"], 20_000);
  assert.equal(ready(lab, "d").status, "Unknown");
  assert.equal(ready(lab, "d").reason, "NodeStatusUnknown");
  assert.equal(ready(lab, "d").message, "Kubelet stopped posting node status.");
  assert.deepEqual(evictingTaints(lab, "d"), [unreachable]);
  assert.ok(lab.all("events").some(({ message }) => message === "Node d status is now: NodeNotReady"));
  beat(lab, ["a", "b", "c", "d"], 20_000);
  assert.equal(lab.call("get", "nodes", { name: "d" }).body.spec.taints, undefined);
});

/** Every kubelet falls silent; returns the nodes that are given up, and whether the pod is still there. */
function afterSilence({ createControllerLab }: typeof labs): { tainted: string[]; hasPod: boolean } {
  const lab = createControllerLab({ loops });
  addNodes(lab, ["a", "b", "c"]);
  addPodOn(lab, "web", "a");
  beat(lab, ["a", "b", "c"], 20_000);
  beat(lab, [], 900_000);
  assert.equal(ready(lab, "a").status, "Unknown");
  const tainted = ["a", "b", "c"].filter((name) => evictingTaints(lab, name).length > 0);
  return { tainted, hasPod: lab.one("pods", "web") !== undefined };
}

test("nodeLifecycle evicts nothing when no node is heard of: then it is itself that is cut off", async () => {
  assert.deepEqual(afterSilence(labs), { tainted: [], hasPod: true });
  // Kubernetes 24200, 28832 and 110114.
  assert.deepEqual(afterSilence(await loadMutated(fullDisruptionIgnored, labPath)), {
    tainted: ["a", "b", "c"],
    hasPod: false,
  });
});

test("nodeLifecycle gives up one node of a zone in ten seconds, not all at once", () => {
  const lab = createControllerLab({ loops });
  const names = ["a", "b", "c", "d", "e", "f"];
  addNodes(lab, names);
  beat(lab, names, 20_000);
  const alive = ["a", "b", "c", "d"];
  beat(lab, alive, 44_000);
  assert.equal(["e", "f"].flatMap((name) => evictingTaints(lab, name)).length, 1);
  beat(lab, alive, 10_000);
  assert.equal(["e", "f"].flatMap((name) => evictingTaints(lab, name)).length, 2);
});

test("nodeLifecycle gives nothing up in a small zone of which most is lost", () => {
  const lab = createControllerLab({ loops });
  const names = ["a", "b", "c", "d", "e"];
  addNodes(lab, names);
  beat(lab, names, 20_000);
  beat(lab, ["a", "b"], 120_000);
  const tainted = names.flatMap((name) => evictingTaints(lab, name));
  // Those that were noticed before it was most of the zone are given up; the rest is not.
  assert.ok(tainted.length <= 2, String(tainted));
  assert.equal(ready(lab, "e").status, "Unknown");
});

test("taintEviction deletes pods after the seconds that they tolerate a lost node, and at once those that do not", () => {
  const lab = createControllerLab({ loops, runsPods: false });
  const names = ["a", "b", "c", "d"];
  addNodes(lab, names);
  addPodOn(lab, "patient", "d");
  const tolerations = [{ operator: "Exists", effect: "NoExecute" }];
  addPodOn(lab, "everlasting", "d", { tolerations });
  addPodOn(lab, "brief", "d", {
    tolerations: [
      { key: unreachable, operator: "Exists", effect: "NoExecute", tolerationSeconds: 5 },
      { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute", tolerationSeconds: 5 },
    ],
  });
  beat(lab, names, 20_000);
  beat(lab, ["a", "b", "c"], 80_000);
  const left = () =>
    lab
      .all("pods")
      .map(({ metadata }) => metadata.name)
      .sort()
      .join();
  assert.equal(left(), "everlasting,patient");
  beat(lab, ["a", "b", "c"], 240_000);
  assert.equal(left(), "everlasting,patient");
  beat(lab, ["a", "b", "c"], 60_000);
  assert.equal(left(), "everlasting");
});

test("taintEviction spares pods whose node comes back in time", () => {
  const lab = createControllerLab({ loops, runsPods: false });
  const names = ["a", "b", "c", "d"];
  addNodes(lab, names);
  addPodOn(lab, "patient", "d");
  beat(lab, names, 20_000);
  beat(lab, ["a", "b", "c"], 200_000);
  assert.deepEqual(evictingTaints(lab, "d"), [unreachable]);
  beat(lab, names, 600_000);
  assert.equal(lab.one("pods", "patient")?.metadata.deletionTimestamp, undefined);
  assert.ok(lab.one("pods", "patient"));
});
