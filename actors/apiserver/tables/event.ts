import type { Event } from "../../api/types.ts";
import { defineTable } from "./printing/columns.ts";
import { countOf, firstSeenOf, lastSeenOf, objectTextOf, sourceOf } from "./printing/event_cells.ts";

/** LAST SEEN TYPE REASON OBJECT MESSAGE, and with `-o wide` where it comes from. */
export const event = defineTable<Event>({
  group: "",
  kind: "Event",
  columns: [
    { name: "Last Seen", description: "When it was last seen", of: lastSeenOf },
    { name: "Type", description: "Normal or Warning", of: ({ type }) => type ?? "" },
    { name: "Reason", description: "Why, in one word", of: ({ reason }) => reason ?? "" },
    { name: "Object", description: "What it is about", of: ({ involvedObject }) => objectTextOf(involvedObject) },
    {
      name: "Subobject",
      wide: true,
      description: "Which part it is about",
      of: ({ involvedObject }) => involvedObject.fieldPath ?? "",
    },
    { name: "Source", wide: true, description: "Who reports it", of: sourceOf },
    { name: "Message", description: "What happened", of: ({ message }) => (message ?? "").trim() },
    { name: "First Seen", wide: true, description: "When it was first seen", of: firstSeenOf },
    { name: "Count", wide: true, type: "integer", description: "How often it was seen", of: countOf },
    {
      name: "Name",
      wide: true,
      format: "name",
      description: "The event's own name",
      of: ({ metadata }) => metadata.name,
    },
  ],
});
