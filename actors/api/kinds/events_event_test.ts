import { assert, test } from "../../../properties/house/test.ts";
import { fieldErrorText } from "../field_error.ts";
import type { Event, EventV1 } from "../types.ts";
import { eventRules as event } from "./event.ts";
import { eventsEventRules as eventsEvent } from "./events_event.ts";

const core: Event = {
  apiVersion: "v1",
  kind: "Event",
  metadata: { name: "web.1", namespace: "default" },
  involvedObject: { kind: "Pod", namespace: "default", name: "web" },
  reason: "Started",
  message: "Started container",
  source: { component: "kubelet", host: "n1" },
  firstTimestamp: "2024-01-01T00:00:00Z",
  lastTimestamp: "2024-01-01T00:00:00Z",
  count: 2,
  type: "Normal",
  reportingComponent: "kubelet",
  reportingInstance: "n1",
};

test("events of both versions are one stored object", () => {
  const converted = eventsEvent.fromStorage(core);
  assert.equal(converted.apiVersion, "events.k8s.io/v1");
  assert.equal(converted.note, "Started container");
  assert.deepEqual(converted.regarding, core.involvedObject);
  assert.equal(converted.deprecatedCount, 2);
  assert.deepEqual(eventsEvent.toStorage(converted), core);
  assert.equal(eventsEvent.storagePrefix, event.storagePrefix);
});

test("event.validate() wants an event beside what it is about", () => {
  assert.deepEqual(event.validate(core), []);
  const elsewhere = { ...core, metadata: { name: "web.1", namespace: "other" } };
  assert.deepEqual(event.validate(elsewhere).map(fieldErrorText), [
    'involvedObject.namespace: Invalid value: "default": does not match event.namespace',
  ]);
});

const fresh: EventV1 = {
  apiVersion: "events.k8s.io/v1",
  kind: "Event",
  metadata: { name: "web.1", namespace: "default" },
  regarding: { kind: "Pod", namespace: "default", name: "web" },
  eventTime: "2024-01-01T00:00:00.000000Z",
  reportingController: "example.com/a",
  reportingInstance: "a-1",
  action: "Start",
  reason: "Started",
  note: "",
  type: "Normal",
};

test("a new event of events.k8s.io says all that the core version lets people leave out, and nothing in the old way", () => {
  const errorsOf = (more: object) => eventsEvent.validate({ ...fresh, ...more } as EventV1).map(fieldErrorText);
  assert.deepEqual(errorsOf({}), []);
  assert.deepEqual(eventsEvent.validate(eventsEvent.fromStorage(core)).map(fieldErrorText), [
    "eventTime: Required value",
    'firstTimestamp: Invalid value: "": needs to be unset',
    'lastTimestamp: Invalid value: "": needs to be unset',
    'count: Invalid value: "": needs to be unset',
    'source: Invalid value: "": needs to be unset',
  ]);
  assert.deepEqual(errorsOf({ reportingInstance: "", action: "a".repeat(129), note: "n".repeat(1025), type: "Odd" }), [
    "reportingInstance: Required value",
    'action: Invalid value: "": can have at most 128 characters',
    'message: Invalid value: "": can have at most 1024 characters',
    'type: Invalid value: "": has invalid value: Odd',
  ]);
  assert.deepEqual(errorsOf({ reportingController: "", series: { count: 1 } }), [
    "reportingController: Required value",
    'reportingController: Invalid value: "": name part must be non-empty',
    "reportingController: Invalid value: \"\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    'series.count: Invalid value: "": should be at least 2',
    "series.lastObservedTime: Required value",
  ]);
  assert.deepEqual(
    event.validate({ ...core, eventTime: "2024-01-01T00:00:00.000000Z", reportingComponent: "" })[0]?.field,
    "reportingComponent",
  );
});

test("of an event of events.k8s.io nothing changes but how often it happened", () => {
  const changed = { ...fresh, series: { count: 2, lastObservedTime: "2024-01-01T00:00:01.000000Z" } };
  assert.deepEqual(eventsEvent.validateUpdate(changed, fresh), []);
  assert.deepEqual(
    eventsEvent
      .validateUpdate({ ...changed, note: "b", series: { count: 1, lastObservedTime: "" } }, fresh)
      .map(fieldErrorText),
    [
      'series.count: Invalid value: "": should be at least 2',
      "series.lastObservedTime: Required value",
      'message: Invalid value: "b": field is immutable',
    ],
  );
  const old = eventsEvent.fromStorage(core);
  assert.deepEqual(eventsEvent.validateUpdate(old, old), []);
});
