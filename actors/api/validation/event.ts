/**
 * The rules for events: lenient for the old version, strict for the new one.
 */
import { toCoreEvent } from "../event_conversion.ts";
import type { FieldError } from "../field_error.ts";
import { invalid, notSupported, required, tooLong } from "../field_error.ts";
import type { Event, EventV1, Frozen } from "../types.ts";

const textMax = { action: 128, note: 1024, reason: 128, reportingInstance: 128 } as const;

/** What is wrong with an event of the core version. */
export function validateCoreEvent(event: Frozen<Event>): FieldError[] {
  const { namespace = "" } = event.metadata;
  const about = event.involvedObject.namespace ?? "";
  // What has no namespace has its events in the default one.
  const fits = about === "" ? namespace === "" || namespace === "default" : namespace === about;
  return fits ? [] : [invalid("involvedObject.namespace", about, "does not match event.namespace")];
}

/** What is wrong with an event of the events.k8s.io version. */
export function validateEvent(event: Frozen<EventV1>): FieldError[] {
  const errors = validateCoreEvent(toCoreEvent(event));
  if (!event.eventTime) errors.push(required("eventTime"));
  for (const name of ["reportingController", "reportingInstance", "action", "reason"] as const) {
    if (!event[name]) errors.push(required(name));
  }
  for (const name of ["action", "note", "reason", "reportingInstance"] as const) {
    if ((event[name] ?? "").length > textMax[name]) errors.push(tooLong(name, textMax[name]));
  }
  if (event.type !== "Normal" && event.type !== "Warning") {
    errors.push(notSupported("type", event.type ?? "", ["Normal", "Warning"]));
  }
  return errors;
}
