/**
 * Events have two versions over one storage: the core one, which is stored, and that of events.k8s.io.
 */
import type { Event, EventV1, Fields, Frozen } from "./types.ts";

/** The names of an event's fields: in events.k8s.io/v1, and in the core. */
const names: readonly (readonly [keyof EventV1, keyof Event])[] = [
  ["note", "message"],
  ["regarding", "involvedObject"],
  ["related", "related"],
  ["reason", "reason"],
  ["type", "type"],
  ["action", "action"],
  ["eventTime", "eventTime"],
  ["series", "series"],
  ["reportingController", "reportingComponent"],
  ["reportingInstance", "reportingInstance"],
  ["deprecatedSource", "source"],
  ["deprecatedFirstTimestamp", "firstTimestamp"],
  ["deprecatedLastTimestamp", "lastTimestamp"],
  ["deprecatedCount", "count"],
];

/** The event in its core version. */
export function toCoreEvent(event: Frozen<EventV1>): Frozen<Event> {
  const core: Fields = { apiVersion: "v1", kind: "Event", metadata: event.metadata, involvedObject: {} };
  for (const [from, to] of names) if (event[from] !== undefined) core[to] = event[from];
  // Each field was taken over under its other name.
  return core as unknown as Frozen<Event>;
}

/** The event in its events.k8s.io version. */
export function fromCoreEvent(core: Frozen<Event>): Frozen<EventV1> {
  const event: Fields = { apiVersion: "events.k8s.io/v1", kind: "Event", metadata: core.metadata };
  for (const [to, from] of names) if (core[from] !== undefined) event[to] = core[from];
  return event as unknown as Frozen<EventV1>;
}
