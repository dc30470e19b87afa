import type { Invariant } from "../engine/invariant.ts";
import { describeRecord, eachEnded, trafficOf } from "../traffic/records.ts";
import { isWireTroubled } from "./_trouble.ts";

/** A client hears an answer, or that there will be none: silence is for where nobody is left to speak. */
export const requestsEnd: Invariant = {
  name: "every request ends in an answer or an error",
  watch(world) {
    if (!world.definition.traffic) return {};
    return {
      step: eachEnded(world, (record) => {
        const isExcused =
          record.outcome?.kind !== "silence" || isWireTroubled(world, record.sentAtMs, record.endedAtMs);
        return isExcused ? undefined : describeRecord(record);
      }),
      end() {
        const open = trafficOf(world)?.begun.find(({ outcome }) => !outcome);
        return open && describeRecord(open);
      },
    };
  },
};
