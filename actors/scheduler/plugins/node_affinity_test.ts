import { assert, test } from "../../../properties/house/test.ts";
import {
  coreOf,
  decideAll,
  outcomeOf,
  reasonsOf,
  scoresOf,
} from "../../../properties/stages/scheduler/scheduling_harness.ts";
import { podOf } from "../../../properties/stages/scheduler/scheduling_objects.ts";
import type { NodeSelectorRequirement } from "../../api/types.ts";
import { nodeAffinity } from "./node_affinity.ts";

const mismatch = ["node(s) didn't match Pod's node affinity/selector"];
const nodes = [
  { name: "a", labels: { disk: "ssd", cores: "8" } },
  { name: "b", labels: { disk: "hdd", cores: "16" } },
  { name: "c" },
];

const requiring = (...matchExpressions: NodeSelectorRequirement[]) =>
  podOf({
    name: "p",
    spec: {
      affinity: {
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } },
      },
    },
  });

test("nodeAffinity takes nodes with all labels of the node selector", () => {
  const pod = podOf({ name: "p", spec: { nodeSelector: { disk: "ssd" } } });
  assert.deepEqual(reasonsOf(nodeAffinity, coreOf({ nodes }), pod), { a: [], b: mismatch, c: mismatch });
});

test("nodeAffinity knows all operators", () => {
  const core = coreOf({ nodes });
  const fitting = (...requirements: NodeSelectorRequirement[]) =>
    Object.entries(reasonsOf(nodeAffinity, core, requiring(...requirements)))
      .filter(([, reasons]) => reasons.length === 0)
      .map(([name]) => name)
      .join("");
  assert.equal(fitting({ key: "disk", operator: "In", values: ["ssd", "nvme"] }), "a");
  assert.equal(fitting({ key: "disk", operator: "NotIn", values: ["ssd"] }), "bc");
  assert.equal(fitting({ key: "disk", operator: "Exists" }), "ab");
  assert.equal(fitting({ key: "disk", operator: "DoesNotExist" }), "c");
  assert.equal(fitting({ key: "cores", operator: "Gt", values: ["8"] }), "b");
  assert.equal(fitting({ key: "cores", operator: "Lt", values: ["16"] }), "a");
  assert.equal(fitting({ key: "disk", operator: "Exists" }, { key: "cores", operator: "Gt", values: ["8"] }), "b");
  assert.equal(fitting(), "");
});

test("nodeAffinity looks at no other node than those named, and says so", () => {
  const nodeSelectorTerms = [{ matchFields: [{ key: "metadata.name", operator: "In", values: ["b"] }] }];
  const required = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
  const pod = { name: "p", spec: { affinity: required } };
  assert.equal(outcomeOf(decideAll(coreOf({ nodes, pods: [pod] }))[0]), "b");
  const greedy = { ...pod, requests: { cpu: "100" } };
  assert.equal(
    outcomeOf(decideAll(coreOf({ nodes, pods: [greedy] }))[0]),
    "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. " +
      "no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
  );
});

test("nodeAffinity prefers by the sum of the matching weights", () => {
  const preferring = podOf({
    name: "p",
    spec: {
      affinity: {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 30, preference: { matchExpressions: [{ key: "disk", operator: "Exists" }] } },
            { weight: 30, preference: { matchExpressions: [{ key: "cores", operator: "Gt", values: ["8"] }] } },
          ],
        },
      },
    },
  });
  assert.deepEqual(scoresOf(nodeAffinity, coreOf({ nodes }), preferring), { a: 50, b: 100, c: 0 });
});
