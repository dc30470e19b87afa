import { assert, test } from "../../../properties/house/test.ts";
import { fieldErrorText } from "../field_error.ts";
import type { Event } from "../types.ts";
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

test("eventsEvent.validate() is stricter than the core version", () => {
  assert.deepEqual(eventsEvent.validate(eventsEvent.fromStorage(core)).map(fieldErrorText), [
    "eventTime: Required value",
    "action: Required value",
  ]);
});
