import type * as subject from "../../actors/store/lease_clock.ts";
import type { MutationOf } from "../engine/mutation.ts";

const sinceMs = new WeakMap<object, number>();

/** A leader counts on the clock of leases what has passed since it last led. */
export const leaseClockCarried: MutationOf<typeof subject> = {
  name: "leaseClockCarried",
  patch: {
    module: "actors/store/lease_clock.ts",
    name: "keepLeaseClock",
    wrap: (sound) => (data, step) => {
      const { term } = data.leaseClock;
      sound(data, step);
      const { leaseClock } = data;
      if (leaseClock.term === 0) return;
      const since = leaseClock.term === term ? undefined : sinceMs.get(data);
      if (since !== undefined) data.leaseClock = { ...leaseClock, sinceMs: since };
      sinceMs.set(data, data.leaseClock.sinceMs);
    },
  },
  found: { suite: "store", properties: ["the store is linearizable"], campaignSeed: 1, runsMax: 1_000, runsMean: 200 },
};
