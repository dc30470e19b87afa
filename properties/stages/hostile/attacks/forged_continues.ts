import { type Attack, configMaps, flood } from "../attack.ts";

const encoded = (token: unknown) => Buffer.from(JSON.stringify(token)).toString("base64url");
const v = "meta.k8s.io/v1";
const tokens = [
  "x".repeat(10_000),
  encoded({ v, rv: 1, start: "default/a\u0000" }),
  encoded({ v, rv: 9_007_199_254_740_991, start: "default/a\u0000" }),
  encoded({ v, rv: -1, start: "a" }),
  encoded({ v, rv: -1, start: "\u{10ffff}".repeat(1_000) }),
  encoded({ v, rv: -1, start: "../../secrets/" }),
  encoded({ v, rv: 1e300, start: ["a"] }),
  encoded({ v: "meta.k8s.io/v9", rv: 5, start: "a" }),
  encoded([[[[]]]]),
  encoded({ v, rv: -9, start: "default/" }),
];

/** Continue tokens that no server gave out. */
export const forgedContinues: Attack = {
  name: "forged continue tokens",
  who: "admin",
  run: (attacker) =>
    flood(attacker, {
      who: "admin",
      width: 8,
      ask: (index) => ({ path: `${configMaps}?limit=3&continue=${tokens[index % tokens.length]}` }),
    }),
};
