import { type Attack, configMap, configMaps, flood } from "../attack.ts";
import { createClient } from "../target.ts";

const objectsMax = 40;
const text = "x".repeat(500_000);

/** Everything there is, listed again and again by many at once. */
export const longLists: Attack = {
  name: "lists of 20 MB",
  who: "admin",
  async run(attacker) {
    const client = createClient(attacker.target, "admin");
    const names = Array.from({ length: objectsMax }, (_none, index) => `long-${index}`);
    for (const name of names) await client.send({ method: "POST", path: configMaps, body: configMap(name, { text }) });
    await flood(attacker, { who: "admin", width: 12, ask: () => ({ path: "/api/v1/configmaps" }) });
    for (const name of names) await client.send({ method: "DELETE", path: `${configMaps}/${name}` });
    client.close();
  },
};
