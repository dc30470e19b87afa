import { assert, test } from "../../properties/house/test.ts";
import { createStep } from "../../runtime/core/step.ts";
import { configMap } from "../api/kinds/config_map.ts";
import { notFound, notFoundPath } from "../api/status.ts";
import type { Frozen, KubeObject, Status } from "../api/types.ts";
import type { ApiClient } from "../client/api_client.ts";
import type { EventRecorder } from "../client/events.ts";
import type { Failure, Then } from "../client/outcome.ts";
import { present } from "../kit/present.ts";
import { failed, ok } from "../kit/result.ts";
import type { Action, Plan } from "./plan.ts";
import { createPlanRunner } from "./plan_runner.ts";
import { slowStart } from "./pods/slow_start.ts";

/** A runner whose client notes what is asked; the test answers, oldest first. */
function stage() {
  const control = createStep({ self: "me", parent: "", incarnation: 0, randomKey: 1 });
  control.next(0, 0);
  const asked: string[] = [];
  const open: Then<unknown>[] = [];
  const told: string[] = [];
  const unexpected: string[] = [];
  let mayAct = true;
  const note =
    (verb: string) =>
    (
      _step: unknown,
      { name, object }: { name?: string; object?: { metadata: { name: string } } },
      then: Then<unknown>,
    ) => {
      asked.push(`${verb} ${name ?? object?.metadata.name ?? ""}`);
      open.push(then);
    };
  const client = Object.fromEntries(
    ["create", "update", "patch", "remove", "get", "list"].map((verb) => [verb, note(verb)]),
  ) as unknown as ApiClient;
  const recorder = {
    report: (_step: unknown, { reason, message }: { reason: string; message: string }) =>
      void told.push(`${reason} ${message}`),
  } as unknown as EventRecorder;
  const runner = createPlanRunner({
    client,
    recorder,
    mayAct: () => mayAct,
    ask: (step, question, done) => done(question.op === "device" ? `answer to ${question.request}` : undefined, step),
    unexpected: (_key, action) => void unexpected.push(action.op),
  });
  const ends: string[] = [];
  return {
    asked,
    told,
    unexpected,
    ends,
    run: (plan: Plan) =>
      runner.run(control.step, { key: "k", plan }, ({ failure, halted }) => {
        ends.push(halted ? "halted" : failure ? `failed ${failure.action.op}` : "done");
      }),
    ok: (object: unknown = {}) => open.shift()?.(ok(object), control.step),
    fail: (reason: string, code = 500, status?: Status) =>
      open.shift()?.(failed({ code, reason, message: "no", ...present({ status }) } as Failure), control.step),
    halt: () => {
      mayAct = false;
    },
  };
}

const create = (name: string, more: Partial<Action> = {}): Action =>
  ({
    op: "create",
    kind: configMap,
    object: { apiVersion: "v1", kind: "ConfigMap", metadata: { name } },
    ...more,
  }) as Action;
const remove = (name: string, more: object = {}): Action => ({
  op: "delete",
  kind: configMap,
  name,
  uid: "1",
  ...more,
});

test("createPlanRunner() sends the next action only when the one before was answered", () => {
  const { run, asked, ok, ends } = stage();
  run({ actions: [create("a"), create("b")] });
  assert.deepEqual(asked, ["create a"]);
  ok();
  assert.deepEqual(asked, ["create a", "create b"]);
  assert.deepEqual(ends, []);
  ok();
  assert.deepEqual(ends, ["done"]);
});

test("createPlanRunner() sends batches of 1, 2 and 4 when a plan starts slowly", () => {
  const { run, asked, ok } = stage();
  run({ actions: slowStart(["a", "b", "c", "d", "e", "f", "g"].map((name) => create(name))) });
  assert.equal(asked.length, 1);
  ok();
  assert.equal(asked.length, 3);
  ok();
  assert.equal(asked.length, 3);
  ok();
  assert.equal(asked.length, 7);
});

test("createPlanRunner() ends a plan at its first failure, expects no more of it, and says so", () => {
  const { run, asked, ok, fail, ends, unexpected, told } = stage();
  const failureReport = {
    about: { apiVersion: "v1", kind: "X", metadata: { name: "x" } },
    type: "Warning",
    reason: "Failed",
    message: "Error: ",
  } as const;
  run({
    actions: [
      create("a", { expected: true, failureReport }),
      create("b", { expected: true }),
      create("c", { expected: true }),
    ],
    onFailure: () => [create("status")],
  });
  ok();
  fail("Forbidden", 403);
  assert.deepEqual(unexpected, ["create", "create"]);
  assert.deepEqual(asked, ["create a", "create b", "create status"]);
  ok();
  assert.deepEqual(ends, ["failed create"]);
  assert.deepEqual(told, []);
});

test("createPlanRunner() sends a delete again when its fate is unknown, as its name makes it safe, and nothing else: what was made may be gone", () => {
  const { run, asked, ok, fail, ends } = stage();
  run({ actions: [remove("b")] });
  fail("unknown", 0);
  fail("NotFound", 404);
  assert.deepEqual(asked, ["remove b", "remove b"]);
  run({ actions: [create("a")] });
  fail("unknown", 0);
  assert.deepEqual(asked.slice(2), ["create a"]);
  assert.deepEqual(ends.splice(1), ["failed create"]);
  run({
    actions: [
      { op: "update", kind: configMap, object: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" } } },
    ],
  });
  fail("unknown", 0);
  assert.deepEqual(ends, ["done", "failed update"]);
  ok();
});

test("createPlanRunner() takes an object that was there before for a failure, and one that another took the place of for gone", () => {
  const { run, fail, ends } = stage();
  run({ actions: [create("a")] });
  fail("AlreadyExists", 409);
  run({ actions: [remove("b")] });
  fail("Conflict", 409);
  run({ actions: [remove("b", { resourceVersion: "7" })] });
  fail("Conflict", 409);
  assert.deepEqual(ends, ["failed create", "done", "failed delete"]);
});

test("createPlanRunner() goes on after a fresh look only when that shows what it must", () => {
  const { run, asked, ok, fail, ends } = stage();
  const look: Action = { op: "ensureAbsent", kind: configMap, name: "owner", uid: "1" };
  run({ actions: [look, remove("a")] });
  ok({ metadata: { uid: "1" } });
  assert.deepEqual(ends, ["failed ensureAbsent"]);
  run({ actions: [look, remove("a")] });
  ok({ metadata: { uid: "2" } });
  ok();
  run({ actions: [look, remove("a")] });
  fail("NotFound", 404);
  ok();
  run({ actions: [look, remove("a")] });
  fail("unknown", 0);
  assert.deepEqual(ends, ["failed ensureAbsent", "done", "done", "failed ensureAbsent"]);
  assert.equal(asked.filter((each) => each === "remove a").length, 2);
  const alive: Action = { op: "ensureAlive", kind: configMap, name: "owner", uid: "1" };
  run({ actions: [alive] });
  ok({ metadata: { uid: "1", deletionTimestamp: "2026-01-01T00:00:00Z" } });
  run({ actions: [{ op: "ensureEmpty", kind: configMap, namespace: "x" }] });
  ok({ items: [] });
  assert.deepEqual(ends.slice(4), ["failed ensureAlive", "done"]);
});

test("createPlanRunner() believes that an object is gone only from a server that knows its kind", () => {
  const { run, asked, ok, fail, ends } = stage();
  const look: Action = { op: "ensureAbsent", kind: configMap, name: "owner", uid: "1" };
  run({ actions: [look, remove("a")] });
  fail("NotFound", 404, notFoundPath());
  run({ actions: [look, remove("a")] });
  fail("NotFound", 404, notFound({ group: "", resource: "configmaps" }, "owner"));
  ok();
  assert.deepEqual(
    [ends, asked],
    [
      ["failed ensureAbsent", "done"],
      ["get owner", "get owner", "remove a"],
    ],
  );
});

test("createPlanRunner() halts before the next action when it may not act any more", () => {
  const { run, asked, ok, halt, ends, unexpected } = stage();
  run({ actions: [create("a"), create("b", { expected: true })] });
  halt();
  ok();
  assert.deepEqual(asked, ["create a"]);
  assert.deepEqual(ends, ["halted"]);
  assert.deepEqual(unexpected, ["create"]);
});

test("createPlanRunner() tells of what was never sent, whether one before it failed or it may not act any more", () => {
  for (const stops of ["fails", "halts"]) {
    const { run, ok, fail, halt } = stage();
    const unsent: string[] = [];
    const onUnsent = (action: Action) => void unsent.push("object" in action ? action.object.metadata.name : action.op);
    run({ actions: [create("a"), create("b"), create("c")], onUnsent });
    if (stops === "halts") {
      halt();
      ok();
      assert.deepEqual(unsent, ["b", "c"]);
    } else {
      ok();
      fail("Conflict", 409);
      assert.deepEqual(unsent, ["c"]);
    }
  }
  const { run, halt } = stage();
  halt();
  const unsent: Action[] = [];
  run({ actions: [create("a")], onUnsent: (action) => void unsent.push(action) });
  assert.equal(unsent.length, 1);
});

test("a plan goes on with what a device's answer tells, and fails with it", () => {
  const plan = (name: string): Plan => ({
    actions: [
      {
        op: "device",
        kind: configMap,
        name,
        device: "signing",
        request: "question",
        answered: (answer) => [
          { op: "create", kind: configMap, object: { metadata: { name: String(answer) } } as Frozen<KubeObject> },
        ],
      },
      { op: "delete", kind: configMap, name: "last" },
    ],
  });
  const good = stage();
  good.run(plan("a"));
  good.ok();
  good.ok();
  assert.deepEqual([good.asked, good.ends], [["create answer to question", "remove last"], ["done"]]);
  const bad = stage();
  bad.run(plan("a"));
  bad.fail("Invalid");
  assert.deepEqual([bad.asked, bad.ends], [["create answer to question"], ["failed device"]]);
});
