import { createActor } from "xstate";
import { assert, test } from "../../properties/house/test.ts";
import { configMapNamed, createLab } from "../../properties/stages/apiserver/lab.ts";
import { within } from "../../runtime/core/machine.ts";
import { createStep } from "../../runtime/core/step.ts";
import { machine } from "./machine.ts";
import type { ApiRequest } from "./messages.ts";

const inDefault = { namespace: "default" };

test("a server without its store is degraded: not ready, but version 0 is still served; it recovers by itself", () => {
  const lab = createLab();
  lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("a") });
  lab.simulation.advance(20);
  lab.order({ down: true });
  lab.simulation.advance(12_000);
  assert.equal(lab.phase(), "degraded");
  assert.equal(lab.http("/readyz").code(), 500);
  // As on a real server, whose etcd counts for all three paths.
  assert.deepEqual([lab.http("/livez").code(), lab.http("/livez?exclude=etcd").code()], [500, 200]);
  assert.equal(lab.call("get", "configmaps", { ...inDefault, name: "a", query: { resourceVersion: "0" } }).code, 200);
  assert.equal(lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("b") }).code, 503);
  lab.order({ down: false });
  lab.simulation.advance(6_000);
  assert.equal(lab.phase(), "serving");
  assert.equal(lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("b") }).code, 201);
});

test("a write waits for a store that is gone for a moment", () => {
  const lab = createLab();
  lab.order({ down: true });
  const request: ApiRequest = {
    type: "api.request",
    verb: "create",
    group: "",
    version: "v1",
    resource: "configmaps",
    namespace: "default",
    body: JSON.stringify(configMapNamed("a")),
  };
  lab.simulation.send("apiserver-0", request);
  lab.simulation.advance(2_000);
  lab.order({ down: false });
  lab.simulation.advance(1_000);
  assert.equal(lab.call("get", "configmaps", { ...inDefault, name: "a" }).code, 200);
});

test("events that were held back reach the watches late, but do reach them", () => {
  const lab = createLab();
  const box = lab.watch("configmaps", inDefault);
  lab.order({ held: true });
  lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("a") });
  lab.simulation.advance(5_000);
  assert.deepEqual(box.events, []);
  lab.order({ held: false });
  lab.simulation.advance(3_000);
  assert.deepEqual(
    box.events.map(({ type }) => type),
    ["ADDED"],
  );
});

test("a server that is stopped closes its watches and ends", () => {
  const lab = createLab();
  const box = lab.watch("configmaps", inDefault);
  void lab.simulation.stop("apiserver-0");
  lab.simulation.advance(6_000);
  assert.equal(box.closed, true);
  assert.notEqual(lab.phase(), "serving");
});

test("the machine also runs under XState's own createActor", () => {
  const { step, ...control } = createStep({ self: "apiserver-0", parent: "", incarnation: 0, randomKey: 1 });
  const asked = within(step, () => {
    const actor = createActor(machine, { input: { stores: ["store/0"] } }).start();
    assert.deepEqual(actor.getSnapshot().value, { starting: "filling" });
    const effects = control.takeEffects();
    const list = effects.find((effect) => effect.kind === "ask");
    assert.ok(list?.kind === "ask");
    const body = { type: "store.range.ok", revision: 7, kvs: [], more: false, count: 0 };
    actor.send({ type: "reply", ask: list.id, from: "store/0", body } as never);
    assert.deepEqual(actor.getSnapshot().value, { starting: "bootstrapping" });
    return control.takeEffects();
  });
  assert.ok(asked.some((effect) => effect.kind === "ask" && effect.body.type === "store.watch"));
});
