import { type Attack, flood } from "../attack.ts";

/** Tokens that are none, and paths that are none. */
export const wrongTokens: Attack = {
  name: "wrong tokens and odd paths",
  who: "stranger",
  run: (attacker) =>
    flood(attacker, {
      who: "stranger",
      width: 8,
      ask: (index) => ({
        path: index % 2 === 0 ? "/api/v1/secrets" : `/apis/${"%2e%2e/".repeat(100)}${index}?${"a=b&".repeat(500)}`,
        headers: { authorization: `Bearer ${"x.".repeat(index % 2_000)}` },
      }),
    }),
};
