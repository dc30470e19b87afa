import { type Ask, type Client, createClient, type Target } from "./target.ts";

/** One way to harm a cluster, a file each in `attacks/`. */
export interface Attack {
  /** In words: `bodies that never end`. */
  readonly name: string;
  /** `stranger`: anybody who reaches the port. `admin`: somebody with a good certificate. */
  readonly who: "stranger" | "admin";
  /** Goes on until the signal says so; then lets go of all it holds. */
  run(attacker: Attacker): Promise<void>;
}

/** What an attack has to work with. */
export interface Attacker {
  readonly target: Target;
  readonly signal: AbortSignal;
}

/** Sends as fast as it is answered, `width` requests at a time, until the signal. */
export async function flood(
  { target, signal }: Attacker,
  { who, width, ask }: { who: Attack["who"]; width: number; ask: (index: number) => Ask },
): Promise<void> {
  const client = createClient(target, who);
  let index = 0;
  const lane = async () => {
    while (!signal.aborted) {
      const status = await Promise.race([client.send(ask(index++)), aborted(signal)]);
      // Who is not answered at all does not hammer: a refused connection costs the attacker more than the server.
      if (status === 0) await pause(20, signal);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  client.close();
}

/** Resolves, with 0, when the signal says so. */
export function aborted(signal: AbortSignal): Promise<0> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(0);
    signal.addEventListener("abort", () => resolve(0), { once: true });
  });
}

/** Waits, but not beyond the signal. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
  });
}

/** Where the attackers' objects go. */
export const configMaps = "/api/v1/namespaces/default/configmaps";

/** A ConfigMap as JSON. */
export function configMap(name: string, data: Readonly<Record<string, string>>): string {
  return JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data });
}

/** Makes a namespace, or finds that it is there. */
export function createNamespace(client: Client, name: string): Promise<number> {
  const body = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  return client.send({ method: "POST", path: "/api/v1/namespaces", body });
}
