import { type Attack, configMaps, flood } from "../attack.ts";

const body = "x".repeat(50_000_000);

/** Bodies far larger than any that is taken. */
export const largeBodiesOfStrangers: Attack = {
  name: "bodies of 50 MB",
  who: "stranger",
  run: (attacker) =>
    flood(attacker, { who: "stranger", width: 4, ask: () => ({ method: "POST", path: configMaps, body }) }),
};
