import { configMap, createNamespace } from "./attack.ts";
import { createClient, type Target } from "./target.ts";

const objectsMax = 40;
const text = "x".repeat(500_000);
const namespace = "long";

/** Where the long objects are listed: an answer of 20 MB. */
export const longList = `/api/v1/namespaces/${namespace}/configmaps`;

/**
 * Makes the objects that make a list long, unless they are there. They stay: a store keeps what was deleted for minutes,
 * so that each attack that made them anew would weigh on the memory of those that follow.
 */
export async function makeLongObjects(target: Target): Promise<void> {
  const client = createClient(target, "admin");
  let shown = "";
  await client.send({ path: `${longList}/long-${objectsMax - 1}` }, (chunk) => {
    shown ||= chunk.subarray(0, 100).toString();
  });
  if (!shown.includes('"ConfigMap"')) {
    await createNamespace(client, namespace);
    const bodies = Array.from({ length: objectsMax }, (_none, index) => configMap(`long-${index}`, { text }));
    for (const body of bodies) await client.send({ method: "POST", path: longList, body });
  }
  client.close();
}
