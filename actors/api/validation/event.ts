/**
 * The rules for events, as Kubernetes' `pkg/apis/core/validation/events.go` has them: lenient for the old version, strict
 * for the new one, and for both where an event says when it happened as the new version does.
 */
import { toCoreEvent } from "../event_conversion.ts";
import { addErrors, type FieldError, invalid, required } from "../field_error.ts";
import type { Event, EventV1, Frozen } from "../types.ts";
import { validateImmutable } from "./metadata.ts";
import { dnsSubdomainErrors, labelKeyErrors } from "./names.ts";

const textMax = { reportingInstance: 128, action: 128, reason: 128, message: 1024 } as const;
const controllerNames = { core: "reportingComponent", events: "reportingController" } as const;
const seriesCountMin = 2;

/** How an event is judged. */
export interface EventOptions {
  /** In which group's version it was written. */
  readonly as: keyof typeof controllerNames;
}

/** What is wrong with an event of whatever version, as it is stored. */
export function validateCoreEvent(event: Frozen<Event>, { as }: EventOptions): FieldError[] {
  const errors: FieldError[] = [];
  const { namespace = "" } = event.metadata;
  const about = event.involvedObject?.namespace ?? "";
  const elsewhere = () => errors.push(invalid("involvedObject.namespace", about, "does not match event.namespace"));
  if (!event.eventTime) {
    // What has no namespace has its events in the default one.
    if (about === "" ? namespace !== "" && namespace !== "default" : namespace !== about) elsewhere();
  } else {
    if (about === "" && namespace !== "default" && namespace !== "kube-system") elsewhere();
    addErrors(errors, newFieldErrors(event, controllerNames[as]));
  }
  for (const text of dnsSubdomainErrors(namespace)) errors.push(invalid("namespace", namespace, text));
  return errors;
}

function newFieldErrors(event: Frozen<Event>, controllerName: string): FieldError[] {
  const errors: FieldError[] = [];
  const { reportingComponent: controller = "" } = event;
  if (controller === "") errors.push(required(controllerName));
  for (const text of labelKeyErrors(controller)) errors.push(invalid(controllerName, controller, text));
  for (const [field, most] of Object.entries(textMax)) {
    const text = event[field as keyof typeof textMax] ?? "";
    if (text === "" && field !== "message") errors.push(required(field));
    if (new TextEncoder().encode(text).length > most)
      errors.push(invalid(field, "", `can have at most ${most} characters`));
  }
  return errors;
}

/** What is wrong with a new event of the events.k8s.io version. */
export function validateNewEvent(event: Frozen<EventV1>): FieldError[] {
  const core = toCoreEvent(event);
  const errors = seriesErrors(core);
  if (!core.eventTime) errors.push(required("eventTime"));
  if (core.type !== "Normal" && core.type !== "Warning")
    errors.push(invalid("type", "", `has invalid value: ${core.type ?? ""}`));
  const { firstTimestamp, lastTimestamp, count, source } = core;
  const old = { firstTimestamp, lastTimestamp, count, source: source?.component || source?.host };
  for (const [field, value] of Object.entries(old)) if (value) errors.push(invalid(field, "", "needs to be unset"));
  return errors;
}

const fixed = [
  ...(["involvedObject", "reason", "message", "source", "firstTimestamp", "lastTimestamp", "count", "reason"] as const),
  ...(["type", "eventTime", "action", "related", "reportingComponent", "reportingInstance"] as const),
];

/** What may not change in an event of the events.k8s.io version: all but how often it happened. */
export function eventUpdateErrors(event: Frozen<EventV1>, oldEvent: Frozen<EventV1>): FieldError[] {
  const [core, old] = [toCoreEvent(event), toCoreEvent(oldEvent)];
  const errors: FieldError[] = [];
  if (JSON.stringify(core.series) !== JSON.stringify(old.series)) addErrors(errors, seriesErrors(core));
  for (const field of fixed) {
    const name = field === "reportingComponent" ? controllerNames.events : field;
    const [value, before] = [core[field] || undefined, old[field] || undefined];
    addErrors(errors, validateImmutable(name, { value, old: before }));
  }
  return errors;
}

function seriesErrors({ series }: Frozen<Event>): FieldError[] {
  if (!series) return [];
  const errors: FieldError[] = [];
  if ((series.count ?? 0) < seriesCountMin) errors.push(invalid("series.count", "", "should be at least 2"));
  if (!series.lastObservedTime) errors.push(required("series.lastObservedTime"));
  return errors;
}
