import { assert, test } from "../../../properties/house/test.ts";
import { createControllerLab } from "../../../properties/stages/controllers/lab.ts";
import { addNodes, addPodOn } from "../../../properties/stages/controllers/nodes.ts";
import { formatTime } from "../../api/time.ts";

const sick = { key: "sick", value: "yes", effect: "NoExecute" };
const bears = (tolerationSeconds?: number) => ({
  key: "sick",
  operator: "Exists",
  effect: "NoExecute",
  ...(tolerationSeconds !== undefined && { tolerationSeconds }),
});

/** A node without heartbeats, and its pods; nothing here knows of lost nodes. */
function stageOf(pods: Readonly<Record<string, readonly object[]>>) {
  const lab = createControllerLab({ loops: ["taint-eviction"], runsPods: false });
  addNodes(lab, ["a"]);
  for (const [name, tolerations] of Object.entries(pods)) addPodOn(lab, name, "a", { tolerations });
  const patch = (body: object) =>
    lab.call("patch", "nodes", { name: "a", body, contentType: "application/merge-patch+json" });
  const left = () => lab.all("pods").flatMap(({ metadata }) => (metadata.deletionTimestamp ? [] : [metadata.name]));
  return { lab, patch, left: () => left().sort().join() };
}

test("taintEviction gives a pod the seconds that it tolerates, once, when the taint does not say since when it is there", () => {
  const { lab, patch, left } = stageOf({ plain: [], brief: [bears(5)], hardy: [bears()] });
  patch({ spec: { taints: [sick] } });
  lab.simulation.advance(1_000);
  assert.equal(left(), "brief,hardy");
  // Whatever makes the controller look again begins nothing anew.
  for (let second = 0; second < 3; second++) {
    const body = { metadata: { annotations: { look: String(second) } } };
    lab.call("patch", "pods", {
      namespace: "default",
      name: "brief",
      body,
      contentType: "application/merge-patch+json",
    });
    patch({ spec: { taints: [sick, { key: "other", effect: "NoExecute" }].slice(0, 1) } });
    lab.simulation.advance(1_000);
    assert.equal(left(), "brief,hardy");
  }
  lab.simulation.advance(1_500);
  assert.equal(left(), "hardy");
  assert.ok(lab.all("events").some(({ message }) => message === "Marking for deletion Pod default/brief"));
});

test("taintEviction counts from when it saw the pod when the taint is older", () => {
  const { lab, patch, left } = stageOf({});
  patch({ spec: { taints: [{ ...sick, timeAdded: formatTime(Date.UTC(2025, 0, 1)) }] } });
  lab.simulation.advance(1_000);
  addPodOn(lab, "late", "a", { tolerations: [bears(5)] });
  lab.simulation.advance(4_000);
  assert.equal(left(), "late");
  lab.simulation.advance(2_000);
  assert.equal(left(), "");
});

test("taintEviction forgets what it scheduled when the taint is taken away, and gives a namesake its own time", () => {
  const { lab, patch, left } = stageOf({ brief: [bears(5)] });
  patch({ spec: { taints: [sick] } });
  lab.simulation.advance(4_000);
  patch({ spec: { taints: null } });
  lab.simulation.advance(4_000);
  patch({ spec: { taints: [sick] } });
  lab.simulation.advance(4_000);
  assert.equal(left(), "brief");
  lab.call("delete", "pods", { namespace: "default", name: "brief" });
  lab.simulation.advance(100);
  addPodOn(lab, "brief", "a", { tolerations: [bears(5)] });
  lab.simulation.advance(4_000);
  assert.equal(left(), "brief");
  lab.simulation.advance(2_000);
  assert.equal(left(), "");
});

test("taintEviction counts the first toleration that bears a taint, and evicts at once when one taint is not borne", () => {
  const { lab, patch, left } = stageOf({
    first: [bears(), bears(1)],
    all: [{ operator: "Exists" }],
    odd: [{ value: "no" }],
  });
  patch({ spec: { taints: [sick] } });
  lab.simulation.advance(10_000);
  assert.equal(left(), "all,first");
  patch({ spec: { taints: [sick, { key: "worse", effect: "NoExecute" }] } });
  lab.simulation.advance(1_000);
  assert.equal(left(), "all");
});
