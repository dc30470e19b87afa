import { assert, test } from "../../properties/house/test.ts";
import type { Effect } from "../../runtime/core/effect.ts";
import { createStep } from "../../runtime/core/step.ts";
import { configMap } from "../api/kinds/config_map.ts";
import type { ApiRequest } from "../apiserver/messages.ts";
import { type ApiClientOptions, createApiClient } from "./api_client.ts";
import type { Outcome } from "./outcome.ts";

const servers = ["api-0", "api-1"];
const named = { kind: configMap, namespace: "x", name: "a" };

/** A client, and the world it talks to in the hands of the test. */
function stage(options: Partial<ApiClientOptions> = {}) {
  const control = createStep({ self: "me", parent: "", incarnation: 0, randomKey: 1 });
  const client = createApiClient({ servers, ...options });
  let nowMs = 0;
  control.next(0, 0);
  const seen: string[] = [];
  type Ask = Extract<Effect, { kind: "ask" }>;
  let effects: Effect[] = [];
  const take = () => {
    effects = control.takeEffects();
    return effects.filter((each): each is Ask => each.kind === "ask");
  };
  return {
    client,
    seen,
    step: control.step,
    take,
    effects: () => effects,
    /** Notes the outcome in a word. */
    note: (outcome: Outcome<unknown>) =>
      void seen.push(outcome.ok ? "ok" : `${outcome.failure.reason} ${outcome.failure.code}`),
    reply: ({ id, to }: Ask, code: number, body: object = {}) => {
      const failure = code < 400 ? {} : { status: body };
      const answer = { type: "api.response", code, body: JSON.stringify(body), ...failure };
      return client.handle({ type: "reply", ask: id, from: to, body: answer } as never, control.step);
    },
    fail: ({ id, to }: Ask, reason: string) =>
      client.handle({ type: "failed", ask: id, from: to, reason } as never, control.step),
    event: (event: object) => client.handle(event as never, control.step),
    pass(ms: number) {
      nowMs += ms;
      control.next(nowMs, nowMs);
      for (const name of ["retry", "streams"]) client.handle({ type: `timer.client.${name}` }, control.step);
    },
  };
}

const status = (code: number, reason: string, seconds?: number) => ({
  kind: "Status",
  status: "Failure",
  code,
  reason,
  message: "",
  ...(seconds && { details: { retryAfterSeconds: seconds } }),
});

test("createApiClient() stays with a server that answers and moves on from one that does not", () => {
  const { client, step, take, note, reply, fail, pass, seen } = stage();
  client.get(step, named, note);
  const [first] = take();
  assert.equal(first?.to, "api-0");
  if (first) reply(first, 200);
  client.get(step, named, note);
  const [second] = take();
  assert.equal(second?.to, "api-0");
  if (second) fail(second, "down");
  pass(0);
  const [third] = take();
  assert.equal(third?.to, "api-1");
  if (third) reply(third, 200);
  client.get(step, named, note);
  assert.equal(take()[0]?.to, "api-1");
  assert.deepEqual(seen, ["ok", "ok"]);
});

test("createApiClient() leaves a write whose fate is unknown to the caller, and says whether it may have been done", () => {
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "x" } };
  for (const [reason, wanted] of [
    ["timeout", "unknown 0"],
    ["down", "unknown 0"],
    ["undeliverable", "notSent 0"],
    ["overflow", "notSent 0"],
  ] as const) {
    const { client, step, take, note, fail, seen } = stage();
    client.create(step, { ...named, object }, note);
    const [ask] = take();
    if (ask) fail(ask, reason);
    assert.deepEqual(seen, [wanted]);
    assert.equal(take().length, 0);
  }
});

test("createApiClient() gives a read up after every server was asked", () => {
  const { client, step, take, note, fail, pass, seen } = stage();
  client.get(step, named, note);
  const asked: string[] = [];
  for (let round = 0; round < 10; round++) {
    for (const ask of take()) {
      asked.push(ask.to);
      fail(ask, "timeout");
    }
    pass(10_000);
  }
  assert.deepEqual(asked, ["api-0", "api-1", "api-0"]);
  assert.deepEqual(seen, ["unknown 0"]);
});

test("createApiClient() comes back when a server that has too much to do says so, with a write as well", () => {
  const { client, step, take, note, reply, pass, seen } = stage();
  client.remove(step, named, note);
  const [first] = take();
  if (first) reply(first, 429, status(429, "TooManyRequests", 3));
  pass(2_999);
  assert.equal(take().length, 0);
  pass(1);
  const [second] = take();
  if (second) reply(second, 200);
  assert.deepEqual(seen, ["ok"]);
});

test("createApiClient() hands a conflict, a refusal and a server's failure of a write to the caller at once", () => {
  for (const [code, reason] of [
    [409, "Conflict"],
    [403, "Forbidden"],
    [500, "InternalError"],
    [503, "ServiceUnavailable"],
  ] as const) {
    const { client, step, take, note, reply, seen } = stage();
    client.patch(step, { ...named, patch: {} }, note);
    const [ask] = take();
    if (ask) reply(ask, code, status(code, reason));
    assert.deepEqual(seen, [`${reason} ${code}`]);
  }
});

test("createApiClient() bounds what is under way and what waits", () => {
  const { client, step, take, note, reply, seen } = stage({ requestsMax: 2, waitingMax: 1 });
  for (let count = 0; count < 4; count++) client.get(step, named, note);
  const asks = take();
  assert.equal(asks.length, 2);
  assert.deepEqual(seen, ["notSent 0"]);
  assert.deepEqual(client.load(), { underWay: 2, waiting: 1 });
  client.get(step, { ...named, urgent: true }, note);
  assert.equal(take().length, 1);
  for (const ask of asks) reply(ask, 200);
  assert.equal(take().length, 1);
});

test("createApiClient() calls nobody back once it was reset", () => {
  const { client, step, take, note, reply, seen } = stage();
  client.get(step, named, note);
  const [ask] = take();
  client.reset(step);
  if (ask) reply(ask, 200);
  assert.deepEqual(seen, []);
});

function watching() {
  const lab = stage();
  const told: string[] = [];
  lab.client.watch(
    lab.step,
    { kind: configMap },
    {
      events: (events) => void told.push(`events ${events.length}`),
      ended: ({ reason }) => void told.push(reason),
    },
  );
  const [ask] = lab.take();
  const watch = (ask?.body as ApiRequest | undefined)?.watch ?? 0;
  if (ask) lab.reply(ask, 200);
  const piece = (sequence: number, from = "api-0") => {
    const body = { type: "api.watch", pieces: [{ watch, sequence, events: [] }] };
    lab.event({ type: "api.watch", from, body });
    lab.take();
    return lab.effects();
  };
  return { ...lab, told, piece, watch };
}

test("createApiClient() takes the pieces of a watch in order and once each, and ends it at a gap", () => {
  const { piece, told } = watching();
  piece(1);
  piece(1);
  piece(2);
  const effects = piece(4);
  assert.deepEqual(told, ["events 0", "events 0", "gap"]);
  assert.ok(effects.some((each) => each.kind === "send" && each.body.type === "api.unwatch"));
});

test("createApiClient() keeps all its watches alive by one message, and ends those alone whose number shows a gap", () => {
  const { client, step, take, reply, event, pass } = stage();
  const told: string[] = [];
  const watches = ["a", "b"].map(
    (name) =>
      client.watch(
        step,
        { kind: configMap },
        { events: () => void told.push(name), ended: ({ reason }) => void told.push(`${name} ${reason}`) },
      ).id,
  );
  for (const ask of take()) reply(ask, 200);
  const mail = (pieces: readonly object[]) =>
    event({ type: "api.watch", from: "api-0", body: { type: "api.watch", pieces } });
  const news = (watch: number | undefined, sequence: number) => mail([{ watch, sequence, events: [] }]);
  const life = (...sequences: number[]) => mail(watches.map((watch, index) => ({ watch, sequence: sequences[index] })));
  news(watches[0], 1);
  pass(10_000);
  life(1, 0);
  pass(10_000);
  // Named again, and late: neither is news.
  life(1, 0);
  life(0, 0);
  assert.deepEqual(told, ["a"]);
  // The second piece of b was on its way, and is lost.
  news(watches[1], 1);
  life(1, 2);
  assert.deepEqual(told, ["a", "b", "b gap"]);
  pass(15_000);
  assert.deepEqual(told.slice(3), ["a silent"]);
});

test("createApiClient() ends a watch that is silent for 15 seconds, and one whose server is gone", () => {
  const silent = watching();
  silent.pass(10_000);
  silent.piece(1);
  silent.pass(10_000);
  assert.deepEqual(silent.told, ["events 0"]);
  silent.pass(5_000);
  assert.deepEqual(silent.told, ["events 0", "silent"]);
  const bereft = watching();
  bereft.event({ type: "down", address: "api-1" });
  bereft.event({ type: "down", address: "api-0" });
  assert.deepEqual(bereft.told, ["down"]);
});
