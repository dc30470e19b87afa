import { toCoreEvent } from "../../api/event_conversion.ts";
import type { Event, EventV1, Frozen } from "../../api/types.ts";
import { event } from "./event.ts";
import { defineTable } from "./printing/columns.ts";

/** As core events are shown: they are the same objects. */
export const eventsEvent = defineTable<EventV1>({
  group: "events.k8s.io",
  kind: "Event",
  columns: event.columns.map((column) => ({
    ...column,
    of: (object: Frozen<EventV1>, nowMs: number) => column.of(toCoreEvent(object) as Frozen<Event>, nowMs),
  })),
});
