import { assert, test } from "../../properties/house/test.ts";
import { createStep } from "../../runtime/core/step.ts";
import { event } from "../api/kinds/event.ts";
import type { Event } from "../api/types.ts";
import { present } from "../kit/present.ts";
import { failed, ok } from "../kit/result.ts";
import type { ApiClient } from "./api_client.ts";
import { createEventRecorder } from "./events.ts";
import type { Then } from "./outcome.ts";
import type { Report } from "./report.ts";

/** A recorder over a client that notes what is written, and answers when told to. */
function stage(waitingMax?: number) {
  const control = createStep({ self: "me", parent: "", incarnation: 0, randomKey: 1 });
  control.next(Date.UTC(2026, 0, 1), 0);
  const written: { verb: string; body: Partial<Event>; name: string }[] = [];
  const open: Then<never>[] = [];
  const client = {
    create: (_step: unknown, { object }: { object: Event }, then: Then<never>) => {
      written.push({ verb: "create", body: object, name: object.metadata.name });
      open.push(then);
    },
    patch: (_step: unknown, { name, patch }: { name: string; patch: Partial<Event> }, then: Then<never>) => {
      written.push({ verb: "patch", body: patch, name });
      open.push(then);
    },
  } as unknown as ApiClient;
  const options = { client, kind: event, component: "tester", ...present({ waitingMax }) };
  const recorder = createEventRecorder(options);
  const answer = (code = 200) => {
    const outcome = code < 400 ? ok({}) : failed({ code, reason: "NotFound", message: "" });
    open.shift()?.(outcome as never, control.step);
  };
  return { recorder, written, answer, step: control.step, control };
}

const about = { apiVersion: "v1", kind: "Pod", metadata: { name: "web", namespace: "x", uid: "1" } };
const report = (message: string): Report => ({ about, type: "Normal", reason: "Tested", message });

test("createEventRecorder() writes an Event as client-go names and fills it", () => {
  const { recorder, written, step } = stage();
  recorder.report(step, report("hello"));
  const [first] = written;
  assert.match(first?.name ?? "", /^web\.[0-9a-f]{16}$/);
  const { involvedObject, reason, message, count, source, firstTimestamp } = first?.body ?? {};
  assert.deepEqual(involvedObject, { apiVersion: "v1", kind: "Pod", name: "web", namespace: "x", uid: "1" });
  assert.deepEqual(
    { reason, message, count, source },
    { reason: "Tested", message: "hello", count: 1, source: { component: "tester" } },
  );
  assert.equal(firstTimestamp, "2026-01-01T00:00:00Z");
});

test("createEventRecorder() counts what it says again, and begins anew when the Event has expired", () => {
  const { recorder, written, answer, step } = stage();
  recorder.report(step, report("hello"));
  answer();
  recorder.report(step, report("hello"));
  answer();
  recorder.report(step, report("hello"));
  answer(404);
  assert.deepEqual(
    written.map(({ verb, body }) => `${verb} ${body.count}`),
    ["create 1", "patch 2", "patch 3", "create 1"],
  );
});

test("createEventRecorder() writes one after the other, and loses what is too much", () => {
  const { recorder, written, answer, step } = stage(2);
  for (let count = 0; count < 5; count++) recorder.report(step, report(`message ${count}`));
  assert.equal(written.length, 1);
  for (let count = 0; count < 5; count++) answer();
  assert.equal(written.length, 3);
  assert.equal(recorder.lost(), 2);
});

test("createEventRecorder() combines what is similar from the tenth message on, for ten minutes", () => {
  const { recorder, written, answer, step, control } = stage();
  for (let count = 1; count <= 13; count++) {
    recorder.report(step, report(`message ${count}`));
    answer();
  }
  assert.deepEqual(
    written.slice(8).map(({ verb, body }) => `${verb} ${body.count} ${body.message}`),
    [
      "create 1 message 9",
      "create 1 (combined from similar events): message 10",
      "patch 2 (combined from similar events): message 11",
      "patch 3 (combined from similar events): message 12",
      "patch 4 (combined from similar events): message 13",
    ],
  );
  control.next(Date.UTC(2026, 0, 1), 600_001);
  recorder.report(control.step, report("message 14"));
  assert.equal(written.at(-1)?.body.message, "message 14");
});

test("createEventRecorder() says 25 things about an object at once, then one every five minutes", () => {
  const { recorder, written, answer, step, control } = stage();
  for (let count = 0; count < 40; count++) {
    recorder.report(step, report(`message ${count}`));
    answer();
  }
  assert.equal(written.length, 25);
  control.next(Date.UTC(2026, 0, 1), 300_000);
  recorder.report(step, report("later"));
  assert.equal(written.length, 26);
});
