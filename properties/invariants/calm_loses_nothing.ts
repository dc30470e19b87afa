import type { Deployment } from "../../actors/api/types.ts";
import type { Fault } from "../../runtime/faults/fault.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { RunDefinition } from "../engine/run_definition.ts";
import type { World } from "../engine/world.ts";
import { describeRecord, eachEnded } from "../traffic/records.ts";
import { isServed } from "../traffic/traffic_plan.ts";

/** What a cluster that is whole does without anybody's noticing, when servers are probed and end well. */
const gentle = new Set(["create", "createService", "setImage", "scale"]);
/** The rules of every node have followed what has been true for so long. */
const knownMs = 2_000;

/** Where nothing breaks, neither rolling updates nor scaling cost a request. */
export const calmLosesNothing: Invariant = {
  name: "rolling updates lose no request",
  watch(world) {
    if (!isCalm(world.definition)) return {};
    let completeMs = Number.POSITIVE_INFINITY;
    return {
      commit({ key, atMs }) {
        if (completeMs === Number.POSITIVE_INFINITY && key.startsWith("/registry/deployments/") && isComplete(world)) {
          completeMs = atMs;
        }
        return undefined;
      },
      step: eachEnded(world, (record) => {
        const { outcome, sentAtMs } = record;
        const isServed = outcome?.kind === "answer" && outcome.status === 200;
        return isServed || sentAtMs < completeMs + knownMs ? undefined : describeRecord(record);
      }),
    };
  },
};

function isCalm({ traffic, faults, workload }: RunDefinition): boolean {
  const isGentle = faults.every(isUnnoticed) && workload.every(({ op }) => gentle.has(op));
  return traffic !== undefined && isGentle && isServed(workload);
}

/** Containers go on without their kubelet, and what it has begun it takes up again. */
function isUnnoticed({ kind, parameters }: Fault): boolean {
  return kind === "crash" && parameters.actor.startsWith("kubelet/");
}

/** Whether both servers are there for the first time. */
function isComplete(world: World): boolean {
  const deployments = world.list<Deployment>("/registry/deployments/");
  const isAvailable = ({ spec, status }: (typeof deployments)[number]) =>
    (status.availableReplicas ?? 0) >= (spec.replicas ?? 1);
  return deployments.length === 2 && deployments.every(isAvailable);
}
