import { assert, test } from "../../../properties/house/test.ts";
import { createControllerLab } from "../../../properties/stages/controllers/lab.ts";
import { addNodes, addPodOn } from "../../../properties/stages/controllers/nodes.ts";
import { createPlainLoop } from "../../../properties/stages/controllers/plain_loop.ts";
import { getCondition } from "../../api/conditions.ts";
import { pod as podKind } from "../../api/kinds/pod.ts";
import { formatTime } from "../../api/time.ts";
import { podGarbageCollector } from "./pod_garbage_collector.ts";

const loops = ["pod-garbage-collector"];

test("podGarbageCollector removes the pods of a node that is gone, after a while and a fresh look", () => {
  const lab = createControllerLab({ loops });
  addNodes(lab, ["a", "b"]);
  addPodOn(lab, "one", "a");
  addPodOn(lab, "two", "b");
  lab.simulation.advance(1_000);
  lab.call("delete", "nodes", { name: "b" });
  lab.simulation.advance(35_000);
  assert.equal(lab.all("pods").length, 2);
  assert.ok(lab.until(() => lab.all("pods").length === 1));
  assert.ok(lab.one("pods", "one"));
});

test("podGarbageCollector leaves the pods of a node that came back in time", () => {
  const lab = createControllerLab({ loops });
  addNodes(lab, ["b"]);
  addPodOn(lab, "two", "b");
  lab.simulation.advance(1_000);
  lab.call("delete", "nodes", { name: "b" });
  lab.simulation.advance(20_000);
  addNodes(lab, ["b"]);
  lab.simulation.advance(120_000);
  assert.ok(lab.one("pods", "two"));
});

test("podGarbageCollector takes the mark off a pod whose disruption never came, after two minutes", () => {
  const nowMs = Date.UTC(2026, 0, 1);
  const plain = createPlainLoop(podGarbageCollector);
  const put = (
    name: string,
    { reason = "EvictionByEvictionAPI", ...meta }: { reason?: string; deletionTimestamp?: string } = {},
  ) => {
    const mark = {
      type: "DisruptionTarget",
      status: "True",
      reason,
      message: "m",
      lastTransitionTime: formatTime(nowMs),
    };
    const metadata = { name, namespace: "default", ...meta };
    plain.put({ apiVersion: "v1", kind: "Pod", metadata, spec: {}, status: { phase: "Running", conditions: [mark] } });
  };
  put("marked");
  put("going", { deletionTimestamp: formatTime(nowMs) });
  put("ended-by-kubelet", { reason: "TerminationByKubelet" });
  const turn = (name: string, ms: number) => plain.turn(`target/default/${name}`, nowMs + ms);
  assert.deepEqual(turn("marked", 110_000), { actions: [], againAfterMs: 10_000 });
  for (const name of ["marked", "going", "ended-by-kubelet"]) turn(name, 120_000);
  const marks = plain.all(podKind).map(({ metadata, status }) => {
    const mark = getCondition(status.conditions, "DisruptionTarget");
    return `${metadata.name} ${mark?.status} ${mark?.reason}`;
  });
  assert.deepEqual(marks.sort(), [
    "ended-by-kubelet True TerminationByKubelet",
    "going True EvictionByEvictionAPI",
    "marked False undefined",
  ]);
});
