import type { Step } from "../../runtime/mod.ts";
import { formatTime } from "../api/time.ts";
import type { Event } from "../api/types.ts";
import { present } from "../kit/present.ts";
import type { ApiClient } from "./api_client.ts";
import type { Kind } from "./api_request.ts";
import { createEventCorrelator, rememberLatest } from "./event_correlator.ts";
import type { Report } from "./report.ts";

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

/** A report that is to be written, under its key. */
interface Waiting {
  readonly report: Report;
  readonly key: string;
  readonly atMs: number;
}

interface Known {
  readonly name: string;
  readonly firstTimestamp: string;
  count: number;
}

/**
 * Makes a recorder. The same report again raises the count of the Event that is there; many alike become one, and what
 * is too much about one object is lost: see the correlator.
 */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { client, kind, component, host = "", waitingMax = 1_000 } = options;
  const known = new Map<string, Known>();
  const correlator = createEventCorrelator();
  const waiting: Waiting[] = [];
  let writing = false;
  let lost = 0;

  function next(step: Step) {
    const first = waiting.shift();
    writing = first !== undefined;
    if (first) write(step, first);
  }

  function write(step: Step, waiter: Waiting) {
    const { report, key, atMs } = waiter;
    const before = known.get(key);
    if (!before) return create(step, waiter);
    const namespace = namespaceOf(report);
    const count = before.count + 1;
    const patch = { count, lastTimestamp: formatTime(atMs), message: report.message };
    client.patch(step, { kind, namespace, name: before.name, patch }, (outcome, later) => {
      if (outcome.ok) before.count = Math.max(before.count, count);
      else if (outcome.failure.code === 404) {
        // Events expire: then it is a new one.
        known.delete(key);
        return create(later, waiter);
      }
      next(later);
    });
  }

  function create(step: Step, { report, key, atMs }: Waiting) {
    const object = eventFor(step, report, { component, host, atMs });
    client.create(step, { kind, namespace: namespaceOf(report), object }, (outcome, later) => {
      const { name } = object.metadata;
      if (outcome.ok) rememberLatest(known, key, { name, firstTimestamp: formatTime(atMs), count: 1 });
      next(later);
    });
  }

  return {
    report(step, report) {
      const { key, message, isAllowed } = correlator.correlate(report, step.uptimeMs);
      if (waiting.length >= waitingMax || !isAllowed) {
        lost++;
        const before = known.get(key);
        if (before) before.count++;
        return;
      }
      waiting.push({ report: { ...report, message }, key, atMs: step.nowMs });
      if (!writing) next(step);
    },
    lost: () => lost,
    reset() {
      waiting.length = 0;
      writing = false;
    },
  };
}

/** The Event that says a report, as whoever it is by; a host of `""` is none. */
export function eventFor(
  step: Step,
  report: Report,
  by: { readonly component: string; readonly host: string; readonly atMs: number },
): Event {
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
      ...present({ namespace, uid, resourceVersion, fieldPath }),
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
