import type { Invariant } from "../engine/invariant.ts";
import { describeRecord, trafficOf } from "../traffic/records.ts";
import { finaleIdFirst, isServed } from "../traffic/traffic_plan.ts";

/** When all faults are healed and the cluster is as its user wants it, every node's port is answered. */
export const requestsSucceedAgain: Invariant = {
  name: "every request succeeds after healing",
  watch: (world) => ({
    end() {
      const data = trafficOf(world);
      if (!data || !isServed(world.definition.workload)) return undefined;
      const last = data.begun.filter(({ request }) => request.id >= finaleIdFirst);
      if (last.length === 0) return "the client has asked nothing after healing";
      const failed = last.find(({ outcome }) => outcome?.kind !== "answer" || outcome.status !== 200);
      return failed && describeRecord(failed);
    },
  }),
};
