import { assert, test } from "../../../properties/house/test.ts";
import { coreOf, decideAll } from "../../../properties/stages/scheduler/scheduling_harness.ts";

test("defaultBinder posts a Binding with the pod's uid to its binding subresource", () => {
  const [decision] = decideAll(coreOf({ nodes: [{ name: "a" }], pods: [{ name: "p", uid: "u-1" }] }));
  assert.ok(decision?.kind === "bind");
  const [write, ...others] = decision.writes;
  assert.deepEqual(others, []);
  const { body = "", ...rest } = write ?? {};
  assert.deepEqual(rest, {
    verb: "create",
    group: "",
    version: "v1",
    resource: "pods",
    subresource: "binding",
    namespace: "default",
    name: "p",
  });
  assert.deepEqual(JSON.parse(body), {
    apiVersion: "v1",
    kind: "Binding",
    metadata: { namespace: "default", name: "p", uid: "u-1" },
    target: { apiVersion: "v1", kind: "Node", name: "a" },
  });
});
