import { type Attack, flood } from "../attack.ts";
import { longList, makeLongObjects } from "../long_objects.ts";

/** Everything there is, listed again and again by many at once. */
export const longLists: Attack = {
  name: "lists of 20 MB",
  who: "admin",
  async run(attacker) {
    await makeLongObjects(attacker.target);
    await flood(attacker, { who: "admin", width: 12, ask: () => ({ path: longList }) });
  },
};
