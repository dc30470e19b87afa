import { assert, test } from "../../properties/house/test.ts";
import { heldSpec } from "./held_spec.ts";
import type { PodCondition, PodSpec, PodStatus } from "./types.ts";

const spec: PodSpec = { containers: [{ name: "c", resources: { requests: { cpu: "2", memory: "1Gi" } } }] };

function held(granted: string, given: string, reason?: string) {
  const resources = { requests: { cpu: given, memory: "1Gi" } };
  const pending: PodCondition = { type: "PodResizePending", status: "True", ...(reason ? { reason } : {}) };
  const status: PodStatus = {
    containerStatuses: [
      {
        ...{ name: "c", image: "", imageID: "", ready: true, restartCount: 0 },
        ...{ allocatedResources: { cpu: granted, memory: "1Gi" }, resources },
      },
    ],
    ...(reason ? { conditions: [pending] } : {}),
  };
  return heldSpec({ spec, status });
}

test("heldSpec() counts the most of what a container is to have, what was granted it and what it has", () => {
  const cpu = (each: ReturnType<typeof held>) => each.containers[0]?.resources?.requests?.cpu;
  assert.equal(held("2", "2"), spec);
  assert.equal(cpu(held("1", "1")), "2");
  assert.equal(cpu(held("2", "3")), "3");
  assert.equal(cpu(held("2500m", "500m")), "2500m");
  assert.equal(cpu(held("1", "500m", "Deferred")), "2");
  assert.equal(cpu(held("1", "500m", "Infeasible")), "1");
});
