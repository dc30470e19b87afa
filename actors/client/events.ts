import type { Step } from "../../runtime/mod.ts";
import { formatTime } from "../api/time.ts";
import type { Event, Frozen, KubeObject } from "../api/types.ts";
import type { ApiClient } from "./api_client.ts";
import type { Kind } from "./api_request.ts";

/** Something worth telling people about an object. */
export interface Report {
  /** What it is about; an object or enough of one. */
  readonly about: Frozen<Pick<KubeObject, "apiVersion" | "kind" | "metadata">>;
  readonly type: "Normal" | "Warning";
  /** One word in CamelCase: `SuccessfulCreate`. */
  readonly reason: string;
  readonly message: string;
  /** The part of the object, such as `spec.containers{web}`. */
  readonly fieldPath?: string;
}

/** Who reports. */
export interface EventRecorderOptions {
  readonly client: ApiClient;
  readonly kind: Kind<Event>;
  /** The reporting component: `deployment-controller`. */
  readonly component: string;
  /** The node it runs on, for a kubelet. */
  readonly host?: string;
  /** Reports that may wait to be written; more of them are lost. Default 1,000. */
  readonly waitingMax?: number;
}

/** Writes core/v1 Events; they are for people: losing some is fine, so nobody is told of a failure. */
export interface EventRecorder {
  report(step: Step, report: Report): void;
  /** Reports that were lost to the bounds. */
  lost(): number;
  /** Drops what waits; after the client was reset. */
  reset(): void;
}

interface Known {
  readonly name: string;
  readonly firstTimestamp: string;
  count: number;
}

const knownMax = 4096;
const burst = 25;
const refillMs = 300_000;

/**
 * Makes a recorder. The same report again raises the count of the Event that is there. About one object a component
 * may say 25 things at once, then one every five minutes, as client-go's spam filter has it.
 */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { client, kind, component, host = "", waitingMax = 1_000 } = options;
  const known = new Map<string, Known>();
  const budgets = new Map<string, { tokens: number; atMs: number }>();
  const waiting: { report: Report; atMs: number }[] = [];
  let writing = false;
  let lost = 0;

  function allowed(step: Step, about: string): boolean {
    const budget = budgets.get(about) ?? { tokens: burst, atMs: step.uptimeMs };
    budget.tokens = Math.min(burst, budget.tokens + (step.uptimeMs - budget.atMs) / refillMs);
    budget.atMs = step.uptimeMs;
    remember(budgets, about, budget);
    if (budget.tokens < 1) return false;
    budget.tokens--;
    return true;
  }

  function next(step: Step) {
    const first = waiting.shift();
    writing = first !== undefined;
    if (first) write(step, first.report, first.atMs);
  }

  function write(step: Step, report: Report, atMs: number) {
    const key = reportKey(report);
    const before = known.get(key);
    if (!before) return create(step, report, atMs);
    const namespace = namespaceOf(report);
    const count = before.count + 1;
    const patch = { count, lastTimestamp: formatTime(atMs) };
    client.patch(step, { kind, namespace, name: before.name, patch }, (outcome, later) => {
      if (outcome.ok) before.count = count;
      else if (outcome.code === 404) {
        // Events expire: then it is a new one.
        known.delete(key);
        return create(later, report, atMs);
      }
      next(later);
    });
  }

  function create(step: Step, report: Report, atMs: number) {
    const object = eventFor(step, report, { component, host, atMs });
    client.create(step, { kind, namespace: namespaceOf(report), object }, (outcome, later) => {
      const { name } = object.metadata;
      if (outcome.ok) remember(known, reportKey(report), { name, firstTimestamp: formatTime(atMs), count: 1 });
      next(later);
    });
  }

  return {
    report(step, report) {
      if (waiting.length >= waitingMax || !allowed(step, aboutKey(report))) {
        lost++;
        return;
      }
      waiting.push({ report, atMs: step.nowMs });
      if (!writing) next(step);
    },
    lost: () => lost,
    reset() {
      waiting.length = 0;
      writing = false;
    },
  };
}

function eventFor(step: Step, report: Report, by: { component: string; host: string; atMs: number }): Event {
  const { about, type, reason, message, fieldPath } = report;
  const { name, namespace, uid, resourceVersion } = about.metadata;
  const at = formatTime(by.atMs);
  // As client-go names them: the time in nanoseconds, here with luck in the digits below the millisecond.
  const suffix = (BigInt(Math.floor(by.atMs)) * 1_000_000n + BigInt(step.int(1_000_000))).toString(16);
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${name}.${suffix}`, namespace: namespaceOf(report) },
    involvedObject: {
      apiVersion: about.apiVersion,
      kind: about.kind,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(fieldPath === undefined ? {} : { fieldPath }),
    },
    type,
    reason,
    message,
    source: by.host === "" ? { component: by.component } : { component: by.component, host: by.host },
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
    reportingComponent: by.component,
    reportingInstance: by.host,
  };
}

/** Events about what has no namespace are in `default`. */
function namespaceOf({ about }: Report): string {
  return about.metadata.namespace || "default";
}

function aboutKey({ about }: Report): string {
  return `${about.kind}/${about.metadata.namespace ?? ""}/${about.metadata.name}/${about.metadata.uid ?? ""}`;
}

function reportKey(report: Report): string {
  return `${aboutKey(report)}\n${report.type}\n${report.reason}\n${report.fieldPath ?? ""}\n${report.message}`;
}

/** Sets an entry as the youngest, and drops the oldest one when there are too many. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= knownMax) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
