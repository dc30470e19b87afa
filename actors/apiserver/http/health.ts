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
const log: HealthCheck = { name: "log", failing: () => undefined };
const storeFailing: HealthCheck["failing"] = (_server, { phase }) =>
  phase === "degraded" ? "error getting data from the store" : undefined;
const etcd: HealthCheck = { name: "etcd", failing: storeFailing };
const etcdReadiness: HealthCheck = { name: "etcd-readiness", failing: storeFailing };
const loaded: HealthCheck["failing"] = (server) => (isLoaded(server.feed) ? undefined : "caches are not filled yet");
const informerSync: HealthCheck = { name: "informer-sync", failing: loaded };
const finished: HealthCheck["failing"] = (server) => (server.bootstrapped ? undefined : "not finished");
const shutdown: HealthCheck = {
  name: "shutdown",
  failing: (_server, { phase }) => (phase === "draining" ? "process is shutting down" : undefined),
};

const hooks = (failing: HealthCheck["failing"], names: readonly string[]): HealthCheck[] =>
  names.map((name) => ({ name: `poststarthook/${name}`, failing }));

/** What goes on by itself once a server has started, under the names that it has in Kubernetes, and in its order. */
const started: readonly HealthCheck[] = [
  ...hooks(loaded, [
    "start-apiserver-admission-initializer",
    "generic-apiserver-start-informers",
    "priority-and-fairness-config-consumer",
    "priority-and-fairness-filter",
    "storage-object-count-tracker-hook",
    "start-apiextensions-informers",
    "start-apiextensions-controllers",
    "crd-informer-synced",
  ]),
  ...hooks(finished, [
    "start-system-namespaces-controller",
    "start-cluster-authentication-info-controller",
    "start-kube-apiserver-identity-lease-controller",
    "start-kube-apiserver-identity-lease-garbage-collector",
    "start-legacy-token-tracking-controller",
    "start-service-ip-repair-controllers",
    "rbac/bootstrap-roles",
    "scheduling/bootstrap-system-priority-classes",
    "priority-and-fairness-config-producer",
    "bootstrap-controller",
    "start-kubernetes-service-cidr-controller",
    "aggregator-reload-proxy-client-cert",
  ]),
  ...hooks(loaded, [
    "start-kube-aggregator-informers",
    "apiservice-status-local-available-controller",
    "apiservice-status-remote-available-controller",
    "apiservice-registration-controller",
    "apiservice-discovery-controller",
  ]),
  ...hooks(finished, ["kube-apiserver-autoregistration"]),
  { name: "autoregister-completion", failing: finished },
  ...hooks(loaded, ["apiservice-openapi-controller", "apiservice-openapiv3-controller"]),
];

/** What each path looks at, in the order in which it is told. */
export const healthChecks: Readonly<Record<string, readonly HealthCheck[]>> = {
  healthz: [ping, log, etcd, ...started],
  livez: [ping, log, etcd, ...started],
  readyz: [ping, log, etcd, etcdReadiness, informerSync, ...started, shutdown],
};

/** What a health path answers. */
export interface HealthAnswer {
  readonly code: number;
  readonly body: string;
}

/** How a health path is asked. */
export interface HealthRequest {
  readonly parts: readonly string[];
  readonly verbose: boolean;
  /** The checks that do not count this time. */
  readonly excluded: readonly string[];
  readonly state: HealthState;
}

/**
 * Answers `/healthz`, `/livez` and `/readyz`, and each of their checks by itself below them; undefined for any other path.
 *
 * @see https://kubernetes.io/docs/reference/using-api/health-checks/
 */
export function healthAnswer(server: Server, request: HealthRequest): HealthAnswer | undefined {
  const [root = "", ...rest] = request.parts;
  const checks = ownValue(healthChecks, root);
  if (!checks) return undefined;
  const { state, verbose, excluded } = request;
  if (rest.length > 0) {
    const check = checks.find(({ name }) => name === rest.join("/"));
    if (!check) return undefined;
    const failing = check.failing(server, state);
    // Whoever may look at one check is told what is wrong with it.
    if (failing !== undefined) return { code: 500, body: `internal server error: ${failing}\n` };
    return { code: 200, body: "ok" };
  }
  const lines: string[] = [];
  let isWell = true;
  for (const check of checks) {
    if (excluded.includes(check.name)) {
      lines.push(`[+]${check.name} excluded: ok`);
      continue;
    }
    const isFailing = check.failing(server, state) !== undefined;
    if (isFailing) isWell = false;
    // As Kubernetes does, the reason is not told: who asks may be anybody.
    lines.push(isFailing ? `[-]${check.name} failed: reason withheld` : `[+]${check.name} ok`);
  }
  const unknown = excluded.filter((name) => !checks.some((check) => check.name === name));
  if (unknown.length > 0) {
    const quoted = unknown.sort().map((name) => JSON.stringify(name));
    lines.push(`warn: some health checks cannot be excluded: no matches for ${quoted.join(", ")}`);
  }
  if (!isWell) return { code: 500, body: `${lines.join("\n")}\n${root} check failed` };
  return { code: 200, body: verbose ? `${lines.join("\n")}\n${root} check passed\n` : "ok" };
}
