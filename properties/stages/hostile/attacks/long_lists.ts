import { type Attack, flood } from "../attack.ts";
import { longList, withLongObjects } from "../long_objects.ts";

/** Everything there is, listed again and again by many at once. */
export const longLists: Attack = {
  name: "lists of 20 MB",
  who: "admin",
  run: (attacker) =>
    withLongObjects(attacker.target, () =>
      flood(attacker, { who: "admin", width: 12, ask: () => ({ path: longList }) }),
    ),
};
