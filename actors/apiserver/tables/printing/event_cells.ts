import type { Event, Frozen } from "../../../api/types.ts";
import { ageOf } from "./duration.ts";

type Seen = Frozen<Event>;

/** How long ago the event was first seen. */
export function firstSeenOf({ firstTimestamp, eventTime }: Seen, nowMs: number): string {
  return ageOf(firstTimestamp ?? eventTime, nowMs);
}

/** How long ago the event was last seen; of a series, its last. */
export function lastSeenOf(event: Seen, nowMs: number): string {
  const { series, lastTimestamp } = event;
  if (series?.lastObservedTime) return ageOf(series.lastObservedTime, nowMs);
  return lastTimestamp ? ageOf(lastTimestamp, nowMs) : firstSeenOf(event, nowMs);
}

/** How often the event was seen. */
export function countOf({ series, count }: Seen): number {
  return series?.count ?? (count && count > 0 ? count : 1);
}

/** What an event is about: `pod/web-1`. */
export function objectTextOf({ kind = "", name = "" }: { readonly kind?: string; readonly name?: string }): string {
  return `${kind.toLowerCase()}/${name}`;
}

/** Who reports the event, and from where: `kubelet, node-1`. */
export function sourceOf({ source, reportingComponent, reportingInstance }: Seen): string {
  const component = source?.component || reportingComponent || "";
  const host = source?.host || reportingInstance || "";
  return host === "" ? component : `${component}, ${host}`;
}
