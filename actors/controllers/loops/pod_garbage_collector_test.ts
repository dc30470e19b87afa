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

test("podGarbageCollector ends pods that are to go where no kubelet does: without a node, or on one out of service", () => {
  const loop = createPlainLoop(podGarbageCollector);
  const going = { deletionTimestamp: "2026-01-01T00:00:00Z" };
  const put = (name: string, nodeName: string | undefined, more: object = going) =>
    loop.put({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: "default", ...more },
      spec: { containers: [], ...(nodeName ? { nodeName } : {}) },
      status: { phase: "Pending" },
    });
  const putNode = (name: string, ready: string, taints: readonly object[]) =>
    loop.put({
      ...{ apiVersion: "v1", kind: "Node", metadata: { name }, spec: { taints } },
      status: { conditions: [{ type: "Ready", status: ready }] },
    });
  const out = [{ key: "node.kubernetes.io/out-of-service", value: "nodeshutdown", effect: "NoExecute" }];
  putNode("out", "Unknown", out);
  putNode("lost", "Unknown", []);
  putNode("well", "True", out);
  put("nowhere", undefined);
  put("on-out", "out");
  put("on-lost", "lost");
  put("on-well", "well");
  put("stays", "out", {});
  for (const name of ["nowhere", "on-out", "on-lost", "on-well", "stays"]) loop.turn(`stranded/default/${name}`, 0);
  assert.deepEqual(
    loop.all(podKind).map(({ metadata }) => metadata.name),
    ["on-lost", "on-well", "stays"],
  );
});
