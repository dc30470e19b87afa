import { configMap, configMaps } from "./attack.ts";
import { createClient, type Target } from "./target.ts";

const objectsMax = 40;
const text = "x".repeat(500_000);

/** Where the long objects are listed: an answer of 20 MB. */
export const longList = "/api/v1/configmaps";

/** Does something while there are objects that make a list long, and removes them. */
export async function withLongObjects(target: Target, body: () => Promise<void>): Promise<void> {
  const client = createClient(target, "admin");
  const names = Array.from({ length: objectsMax }, (_none, index) => `long-${index}`);
  const bodies = names.map((name) => configMap(name, { text }));
  await Promise.all(bodies.map((each) => client.send({ method: "POST", path: configMaps, body: each })));
  await body();
  await Promise.all(names.map((name) => client.send({ method: "DELETE", path: `${configMaps}/${name}` })));
  client.close();
}
