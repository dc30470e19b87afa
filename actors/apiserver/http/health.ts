import { ownValue } from "../../api/types.ts";
import { isLoaded } from "../cache/feed.ts";
import type { Server } from "../server.ts";

/** One thing that is looked at to say whether a server is well. */
export interface HealthCheck {
  readonly name: string;
  /** Why it is not well; undefined when it is. */
  failing(server: Server, state: HealthState): string | undefined;
}

/** What only the chart knows. */
export interface HealthState {
  readonly phase: "starting" | "serving" | "degraded" | "draining";
}

const ping: HealthCheck = { name: "ping", failing: () => undefined };
const etcd: HealthCheck = {
  name: "etcd",
  failing: (_server, { phase }) => (phase === "degraded" ? "error getting data from the store" : undefined),
};
const informerSync: HealthCheck = {
  name: "informer-sync",
  failing: (server) => (isLoaded(server.feed) ? undefined : "caches are not filled yet"),
};
const bootstrap: HealthCheck = {
  name: "poststarthook/start-kubernetes-service-cidr-controller",
  failing: (server) => (server.bootstrapped ? undefined : "not finished"),
};
const shutdown: HealthCheck = {
  name: "shutdown",
  failing: (_server, { phase }) => (phase === "draining" ? "process is shutting down" : undefined),
};

const checks: Readonly<Record<string, readonly HealthCheck[]>> = {
  healthz: [ping, etcd, bootstrap],
  livez: [ping],
  readyz: [ping, etcd, informerSync, bootstrap, shutdown],
};

/** What a health path answers. */
export interface HealthAnswer {
  readonly code: number;
  readonly body: string;
}

/** Answers `/healthz`, `/livez` and `/readyz`; undefined for any other name. */
export function healthAnswer(
  server: Server,
  name: string,
  { verbose, state }: { readonly verbose: boolean; readonly state: HealthState },
): HealthAnswer | undefined {
  const looked = ownValue(checks, name)?.map((check) => ({ name: check.name, failing: check.failing(server, state) }));
  if (!looked) return undefined;
  const failed = looked.filter(({ failing }) => failing !== undefined);
  if (failed.length === 0 && !verbose) return { code: 200, body: "ok" };
  // As Kubernetes does, the reason is not told: who asks may be anybody.
  const lines = looked.map((each) => (each.failing ? `[-]${each.name} failed: reason withheld` : `[+]${each.name} ok`));
  const verdict = failed.length === 0 ? "passed" : "failed";
  return { code: failed.length === 0 ? 200 : 500, body: `${lines.join("\n")}\n${name} check ${verdict}\n` };
}
