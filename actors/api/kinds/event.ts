import { nameKind, withRules } from "../kind.ts";
import type { Event } from "../types.ts";
import { validateCoreEvent } from "../validation/event.ts";
import { pathSegmentErrors } from "../validation/names.ts";

/** An hour, after which an event is forgotten. */
const ttlSeconds = 3600;

/** Events in the core version, which is the stored one. */
export const event = nameKind<Event>({
  kind: "Event",
  plural: "events",
  shortNames: ["ev"],
});

/** Its rules, which API servers keep. */
export const eventRules = /* @__PURE__ */ withRules(event, {
  schema: "io.k8s.api.core.v1.Event",
  allowCreateOnUpdate: true,
  storageTtlSeconds: ttlSeconds,
  fieldSelectors: {
    "involvedObject.apiVersion": ({ involvedObject }) => involvedObject.apiVersion ?? "",
    "involvedObject.fieldPath": ({ involvedObject }) => involvedObject.fieldPath ?? "",
    "involvedObject.kind": ({ involvedObject }) => involvedObject.kind ?? "",
    "involvedObject.name": ({ involvedObject }) => involvedObject.name ?? "",
    "involvedObject.namespace": ({ involvedObject }) => involvedObject.namespace ?? "",
    "involvedObject.resourceVersion": ({ involvedObject }) => involvedObject.resourceVersion ?? "",
    "involvedObject.uid": ({ involvedObject }) => involvedObject.uid ?? "",
    reason: ({ reason }) => reason ?? "",
    reportingComponent: ({ reportingComponent }) => reportingComponent ?? "",
    source: ({ source, reportingComponent }) => source?.component || reportingComponent || "",
    type: ({ type }) => type ?? "",
  },
  applyDefaults(draft) {
    // Values, not pointers, in Go's types: a time that was never set is null, a text that was never set is empty.
    const written = draft as { eventTime?: string | null };
    written.eventTime ??= null;
    draft.reportingComponent ??= "";
    draft.reportingInstance ??= "";
  },
  nameErrors: pathSegmentErrors,
  validate: (object) => validateCoreEvent(object, { as: "core" }),
});
