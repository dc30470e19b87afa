import { configMap, createNamespace } from "./attack.ts";
import { type Ask, createClient, type Target } from "./target.ts";

/** How a good client fared. */
export interface Fare {
  /** How long each request took, in milliseconds, sorted. */
  readonly tookMs: readonly number[];
  /** What was not answered as it should be: `create 429`. */
  readonly wrong: readonly string[];
}

/**
 * It works in a namespace of its own, as tenants do: in one that attackers fill as well its lists would be theirs, ten
 * objects of half a megabyte long, and their length would be taken for slowness.
 */
const namespace = "good";
const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;

/** A client as there are many: it creates, reads, lists, changes and deletes one object after the other. */
export async function beGood(target: Target, signal: AbortSignal): Promise<Fare> {
  const client = createClient(target, "admin");
  const tookMs: number[] = [];
  const wrong: string[] = [];
  let [round, failedBefore] = [0, false];
  await createNamespace(client, namespace);

  async function ask(what: string, expected: number, request: Ask) {
    const begunMs = performance.now();
    const status = await client.send(request);
    tookMs.push(performance.now() - begunMs);
    // What follows from one failure is not another one.
    if (status !== expected && !failedBefore) wrong.push(`${what} ${status === 0 ? "was not answered" : status}`);
    failedBefore = status !== expected;
  }

  do {
    const name = `good-${process.pid}-${round++}`;
    const path = `${configMaps}/${name}`;
    failedBefore = false;
    await ask("create", 201, { method: "POST", path: configMaps, body: configMap(name, { a: "1" }) });
    await ask("get", 200, { path });
    await ask("list", 200, { path: `${configMaps}?limit=10` });
    await ask("update", 200, { method: "PUT", path, body: configMap(name, { a: "2" }) });
    await ask("delete", 200, { method: "DELETE", path });
  } while (!signal.aborted);
  client.close();
  return { tookMs: tookMs.sort((a, b) => a - b), wrong };
}

/** The value that a share of all is not above. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
