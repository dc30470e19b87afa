import type * as subject from "../../actors/client/work_queue.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What happens to an object while a loop works on it is not looked at. */
export const missedWhileBusy: MutationOf<typeof subject> = {
  name: "missedWhileBusy",
  patch: {
    module: "actors/client/work_queue.ts",
    name: "createWorkQueue",
    wrap: (sound) => (options) => {
      const queue = sound(options);
      const busy = new Set<string>();
      return Object.assign(Object.create(queue), {
        add: (key: string) => (busy.has(key) ? undefined : queue.add(key)),
        take() {
          const key = queue.take();
          if (key !== undefined) busy.add(key);
          return key;
        },
        done(key: string) {
          busy.delete(key);
          queue.done(key);
        },
      });
    },
  },
  found: {
    suite: "controllers",
    properties: ["the cluster converges after healing", "calm clusters converge soon"],
    campaignSeed: 2001,
    runsMax: 40,
    runsMean: 3,
  },
};
