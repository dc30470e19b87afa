import { fromCoreEvent, toCoreEvent } from "../event_conversion.ts";
import { nameKind, withRules } from "../kind.ts";
import type { Event, EventV1, Frozen } from "../types.ts";
import { eventUpdateErrors, validateCoreEvent, validateNewEvent } from "../validation/event.ts";
import { event, eventRules } from "./event.ts";

/** Events in the version of events.k8s.io, over the same storage as the core ones. */
export const eventsEvent = nameKind<EventV1>({
  group: "events.k8s.io",
  kind: "Event",
  plural: "events",
  shortNames: ["ev"],
  storagePrefix: event.storagePrefix,
  storageVersion: event.storageVersion,
});

/** Its rules, which API servers keep. */
export const eventsEventRules = /* @__PURE__ */ withRules(eventsEvent, {
  schema: "io.k8s.api.events.v1.Event",
  storageTtlSeconds: eventRules.storageTtlSeconds,
  allowCreateOnUpdate: true,
  fieldSelectors: {
    reason: ({ reason }) => reason ?? "",
    "regarding.apiVersion": ({ regarding }) => regarding?.apiVersion ?? "",
    "regarding.fieldPath": ({ regarding }) => regarding?.fieldPath ?? "",
    "regarding.kind": ({ regarding }) => regarding?.kind ?? "",
    "regarding.name": ({ regarding }) => regarding?.name ?? "",
    "regarding.namespace": ({ regarding }) => regarding?.namespace ?? "",
    "regarding.resourceVersion": ({ regarding }) => regarding?.resourceVersion ?? "",
    "regarding.uid": ({ regarding }) => regarding?.uid ?? "",
    reportingController: ({ reportingController }) => reportingController ?? "",
    type: ({ type }) => type ?? "",
  },
  validate: (object) => validateCoreEvent(toCoreEvent(object), { as: "events" }),
  validateCreate: validateNewEvent,
  validateUpdate: eventUpdateErrors,
  toStorage: toCoreEvent,
  // What is stored under this prefix is always a core event.
  fromStorage: (object) => fromCoreEvent(object as Frozen<Event>),
});
