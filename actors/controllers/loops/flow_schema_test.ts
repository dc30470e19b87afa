import { assert, test } from "../../../properties/house/test.ts";
import { createPlainLoop } from "../../../properties/stages/controllers/plain_loop.ts";
import { flowSchema as schemaKind } from "../../api/kinds/flow_schema.ts";
import { flowSchema } from "./flow_schema.ts";

const group = { apiVersion: "flowcontrol.apiserver.k8s.io/v1" };
const level = { ...group, kind: "PriorityLevelConfiguration", metadata: { name: "gold" }, spec: {}, status: {} };
const schema = {
  ...{ ...group, kind: "FlowSchema", metadata: { name: "mine" } },
  spec: { priorityLevelConfiguration: { name: "gold" }, matchingPrecedence: 1_000, rules: [] },
  status: {},
};

test("flowSchema says whether there is the level that a schema names, once for each change of that", () => {
  const loop = createPlainLoop(flowSchema);
  loop.put(schema);
  loop.turn("mine", 0);
  const lines = () =>
    loop
      .all(schemaKind)
      .flatMap(({ status }) => status.conditions ?? [])
      .map(({ type, status, reason, message }) => `${type} ${status} ${reason}: ${message}`);
  const named = 'This FlowSchema references the PriorityLevelConfiguration object named "gold"';
  assert.deepEqual(lines(), [`Dangling True NotFound: ${named} but there is no such object`]);
  loop.put(level);
  loop.turn("mine", 1_000);
  assert.deepEqual(lines(), [`Dangling False Found: ${named} and it exists`]);
  assert.deepEqual(loop.turn("mine", 2_000)?.actions, []);
});
