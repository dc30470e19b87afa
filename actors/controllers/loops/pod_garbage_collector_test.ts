import { assert, test } from "../../../properties/house/test.ts";
import { createControllerLab } from "../../../properties/stages/controllers/lab.ts";
import { addNodes, addPodOn } from "../../../properties/stages/controllers/nodes.ts";

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
