import type { Report } from "./report.ts";

/** A report as it is to be written: under one key it is one Event, whose count grows. */
export interface Correlated {
  readonly key: string;
  readonly message: string;
  /** False: this object has had its share of writes. It still counts. */
  readonly isAllowed: boolean;
}

/** What keeps a component that repeats itself from filling the store with Events. */
export interface EventCorrelator {
  correlate(report: Report, uptimeMs: number): Correlated;
}

interface Similar {
  readonly messages: Set<string>;
  lastMs: number;
}

const knownMax = 4_096;
const similarMax = 10;
const similarForMs = 600_000;
const burst = 25;
const refillMs = 300_000;
const combinedPrefix = "(combined from similar events): ";

/**
 * Makes a correlator, as the EventCorrelator of client-go's tools/record: the tenth different message of one reason
 * about one object within ten minutes, and those after it, become one Event, "(combined from similar events)"; about
 * one object a component writes 25 times at once, then once every five minutes.
 */
export function createEventCorrelator(): EventCorrelator {
  const similar = new Map<string, Similar>();
  const budgets = new Map<string, { tokens: number; atMs: number }>();

  function combined(key: string, message: string, nowMs: number): boolean {
    const before = similar.get(key);
    const isFresh = before !== undefined && nowMs - before.lastMs <= similarForMs;
    const record = isFresh ? before : { messages: new Set<string>(), lastMs: nowMs };
    record.lastMs = nowMs;
    record.messages.add(message);
    rememberLatest(similar, key, record);
    if (record.messages.size < similarMax) return false;
    const [oldest] = record.messages;
    if (oldest !== undefined) record.messages.delete(oldest);
    return true;
  }

  function allowed(about: string, nowMs: number): boolean {
    const budget = budgets.get(about) ?? { tokens: burst, atMs: nowMs };
    budget.tokens = Math.min(burst, budget.tokens + (nowMs - budget.atMs) / refillMs);
    budget.atMs = nowMs;
    rememberLatest(budgets, about, budget);
    if (budget.tokens < 1) return false;
    budget.tokens--;
    return true;
  }

  return {
    correlate(report, uptimeMs) {
      const about = aboutKey(report);
      const group = `${about}\n${report.type}\n${report.reason}`;
      const isCombined = combined(group, report.message, uptimeMs);
      return {
        key: isCombined ? group : `${group}\n${report.fieldPath ?? ""}\n${report.message}`,
        message: isCombined ? combinedPrefix + report.message : report.message,
        isAllowed: allowed(about, uptimeMs),
      };
    },
  };
}

/** Sets an entry as the youngest, and drops the oldest one when there are too many. */
export function rememberLatest<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= knownMax) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}

function aboutKey({ about }: Report): string {
  const { kind, apiVersion } = about;
  const { namespace = "", name, uid = "" } = about.metadata;
  return `${kind}/${namespace}/${name}/${uid}/${apiVersion}`;
}
