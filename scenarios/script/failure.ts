import { fileURLToPath } from "node:url";
import type { Event, Frozen, KubeList } from "../../actors/api/types.ts";
import type { Cluster } from "../cluster/create_cluster.ts";
import { messageOf } from "../cluster/input_error.ts";
import { ConnectionFailed } from "./connection_failed.ts";
import { tellMs } from "./duration.ts";
import { ExpectationError } from "./expect.ts";
import { createObjects } from "./objects.ts";
import { NotHeldError } from "./patience.ts";
import { RequestFailed } from "./request_failed.ts";

/** Why a scenario failed, and what else happened around that time. */
export interface ScenarioFailure {
  /** The step that failed; absent when it happened outside of all steps. */
  readonly step?: string;
  readonly message: string;
  readonly expected?: string;
  readonly seen?: string;
  /** How long it was waited for, or held, in milliseconds. */
  readonly afterMs?: number;
  /** Where in the script: `self_healing.ts:31`. */
  readonly where?: string;
  /** Kubernetes' Events since shortly before the step, oldest first. */
  readonly events: readonly string[];
  /** Faults and crashes so far, oldest first. */
  readonly faults: readonly string[];
}

/** What is known of a failure when it happens. */
export interface FailureOptions {
  readonly error: unknown;
  readonly step?: string;
  /** When the step began, and when the cluster was ready. */
  readonly sinceMs: number;
  readonly readyAtMs: number;
  /** The revision of the store when the cluster was ready: how it came up is another story. */
  readonly readyRevision: number;
  readonly incidents: readonly { readonly atMs: number; readonly text: string }[];
}

const eventsMax = 12;
const faultsMax = 12;
/** What led to a failure often began a little before the step that found it. */
const beforeMs = 10_000;
const ourFolder = fileURLToPath(new URL("../", import.meta.url)).replaceAll("\\", "/");

/** Finds out what there is to know. */
export async function describeFailure(
  cluster: Cluster,
  { error, step, sinceMs, incidents, ...ready }: FailureOptions,
): Promise<ScenarioFailure> {
  const waited = error instanceof NotHeldError ? error : undefined;
  const cause = waited ? waited.cause : error;
  const where = placeOf(cause) ?? placeOf(error);
  const faults = [...incidents].sort((a, b) => a.atMs - b.atMs).slice(-faultsMax);
  return {
    ...(step === undefined ? {} : { step }),
    message: messageOf(error),
    ...sidesOf(cause, waited?.what),
    ...(waited ? { afterMs: waited.afterMs } : {}),
    ...(where === undefined ? {} : { where }),
    events: await eventsSince(cluster, { sinceMs: sinceMs - beforeMs, ...ready }),
    faults: faults.map(({ atMs, text }) => `${tellMs(atMs)}  ${text}`),
  };
}

function sidesOf(cause: unknown, what: string | undefined): { readonly expected?: string; readonly seen?: string } {
  if (cause instanceof ExpectationError) return { expected: cause.expected, seen: cause.seen };
  if (cause instanceof RequestFailed || cause instanceof ConnectionFailed)
    return { expected: what ?? "an answer", seen: cause.message };
  const { code, message } = (cause ?? {}) as { readonly code?: unknown; readonly message?: string };
  if (code === "ERR_ASSERTION") return { expected: what ?? "the assertion to hold", seen: String(message) };
  return {};
}

type Span = Pick<FailureOptions, "sinceMs" | "readyAtMs" | "readyRevision">;

async function eventsSince(cluster: Cluster, { sinceMs, readyAtMs, readyRevision }: Span): Promise<readonly string[]> {
  const readyMs = cluster.nowMs() - (cluster.uptimeMs() - readyAtMs);
  const { api } = cluster;
  const { list } = createObjects({ api: (call) => api({ ...call, timeoutMs: 2_000 }), note: () => {} });
  try {
    // An empty namespace means all of them.
    const events = await list("events", { namespace: "" });
    return events
      .filter(({ metadata }) => Number(metadata.resourceVersion) > readyRevision)
      .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
      .map((event) => ({ event, atMs: timeOf(event) - readyMs }))
      .filter(({ atMs }) => atMs >= sinceMs)
      .sort((a, b) => a.atMs - b.atMs)
      .slice(-eventsMax)
      .map(({ event, atMs }) => `${tellMs(Math.max(0, atMs))}  ${tellEvent(event)}`);
  } catch (error) {
    return [`They cannot be listed: ${messageOf(error)}`];
  }
}

function timeOf({ lastTimestamp, eventTime, metadata }: Frozen<Event>): number {
  return Date.parse(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? "");
}

function tellEvent({ type, reason, message, involvedObject, count = 1 }: Frozen<Event>): string {
  const { kind = "", name = "" } = involvedObject;
  const times = count > 1 ? ` (${count} times)` : "";
  return `${type} ${reason} ${kind.toLowerCase()}/${name}: ${message}${times}`;
}

/** The newest revision that a cluster knows of. */
export async function revisionOf({ api }: Cluster): Promise<number> {
  const { body } = await api<KubeList>({ verb: "list", resource: "namespaces", query: { limit: "1" } });
  return Number(body.metadata.resourceVersion);
}

/** The first line of the stack that is the script's, not ours or Node's. */
function placeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  for (const line of error.stack?.split("\n") ?? []) {
    const [, url = "", lineNumber = ""] = /\(?((?:file:\/\/)?\/[^()]+?):(\d+):\d+\)?$/.exec(line) ?? [];
    if (url === "") continue;
    const path = (url.startsWith("file:") ? fileURLToPath(url.replace(/\?.*$/, "")) : url).replaceAll("\\", "/");
    if (!path.includes("/node_modules/") && !isOurs(path)) return `${path.split("/").at(-1)}:${lineNumber}`;
  }
  return undefined;
}

function isOurs(path: string): boolean {
  return path.startsWith(ourFolder) && !path.startsWith(`${ourFolder}walkthroughs/`) && !path.endsWith("_test.ts");
}
