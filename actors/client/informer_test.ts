import { assert, fc, property, test } from "../../properties/house/test.ts";
import { createControllerLab } from "../../properties/stages/controllers/lab.ts";
import { createStep } from "../../runtime/core/step.ts";
import type { FaultAction } from "../../runtime/faults/fault.ts";
import { configMap } from "../api/kinds/config_map.ts";
import type { ConfigMap, Frozen, KubeList, Status } from "../api/types.ts";
import { defineLoop, watch } from "../controllers/loop.ts";
import { type ControllerData, defineController } from "../controllers/machine.ts";
import { nothingToDo } from "../controllers/plan.ts";
import { failed, ok } from "../kit/result.ts";
import type { ApiClient } from "./api_client.ts";
import { createInformer } from "./informer.ts";
import type { Failure, Then } from "./outcome.ts";
import { createTimers } from "./timers.ts";
import type { StreamHandlers } from "./watch_streams.ts";

type List = Frozen<KubeList<ConfigMap>>;

/** An informer over a client that only notes what is asked of it. */
function stage() {
  const control = createStep({ self: "me", parent: "", incarnation: 0, randomKey: 1 });
  const asked: string[] = [];
  const timers = createTimers("client");
  let [list, stream, nowMs] = [undefined as Then<List> | undefined, undefined as StreamHandlers | undefined, 0];
  const client = {
    timers,
    partName: (kind: string) => kind,
    list: (_step: unknown, { query }: { query: Record<string, string> }, then: Then<List>) => {
      asked.push(`list ${query.resourceVersion || "newest"}`);
      list = then;
    },
    watch: (_step: unknown, { query }: { query: Record<string, string> }, handlers: StreamHandlers) => {
      asked.push(`watch ${query.resourceVersion}`);
      stream = handlers;
      return { id: 1, close: () => {} };
    },
  } as unknown as ApiClient;
  const informer = createInformer<ConfigMap>({ client, kind: configMap });
  const changes: string[] = [];
  informer.onChange(({ type, object, stale }) => {
    changes.push(`${type} ${object.metadata.name}${stale ? " stale" : ""}`);
  });
  control.next(0, 0);
  const { step } = control;
  const object = (name: string, version: number, uid = name) => ({
    metadata: { name, namespace: "x", resourceVersion: String(version), uid },
  });
  return {
    informer,
    asked,
    changes,
    step,
    object,
    listed: (version: number, ...items: object[]) => {
      const answer = { apiVersion: "v1", kind: "List", metadata: { resourceVersion: String(version) }, items };
      list?.(ok(answer as unknown as List), step);
    },
    refused: (failure: Omit<Failure, "message">) => list?.(failed({ message: "", ...failure }), step),
    opened: () => stream?.opened?.(step),
    told: (type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR", what: object) =>
      stream?.events([{ type, object: JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", ...what }) }], step),
    ended: (reason: "gap" | "silent" | "down" | "closed") => stream?.ended({ reason }, step),
    pass: (ms: number) => {
      nowMs += ms;
      control.next(nowMs, nowMs);
      timers.handle({ type: "timer.client.informer" }, step);
    },
  };
}

const expiredStatus = { code: 410, reason: "Expired" } as unknown as Status;

test("createInformer() lists what is at hand, then watches from there, and says when it is synced", () => {
  const { informer, asked, changes, step, listed, object, told } = stage();
  informer.start(step);
  assert.ok(!informer.synced());
  listed(5, object("a", 3));
  assert.ok(informer.synced());
  told("ADDED", object("b", 6));
  told("MODIFIED", object("a", 7));
  told("DELETED", object("b", 8));
  assert.deepEqual(asked, ["list 0", "watch 5"]);
  assert.deepEqual(changes, ["added a", "added b", "updated a", "deleted b"]);
  assert.equal(informer.version(), "8");
});

test("createInformer() watches on from where a lost watch broke off, bookmarks included", () => {
  const { informer, asked, step, listed, opened, told, ended, pass } = stage();
  informer.start(step);
  listed(5);
  opened();
  told("BOOKMARK", { metadata: { resourceVersion: "9" } });
  pass(2_000);
  ended("gap");
  assert.deepEqual(asked, ["list 0", "watch 5", "watch 9"]);
});

test("createInformer() lists the newest when the history is gone, and tells the differences", () => {
  const { informer, asked, changes, step, listed, object, told } = stage();
  informer.start(step);
  listed(5, object("a", 1), object("b", 2), object("c", 3, "first"));
  told("ERROR", expiredStatus);
  listed(9, object("b", 8), object("c", 9, "second"), object("d", 7));
  assert.deepEqual(asked, ["list 0", "watch 5", "list newest", "watch 9"]);
  assert.deepEqual(changes.slice(3), ["updated b", "deleted c stale", "added c", "added d", "deleted a stale"]);
});

test("createInformer() never lists again from before what it has seen (kubernetes 83520)", () => {
  const { informer, asked, step, listed, refused, pass } = stage();
  informer.start(step);
  listed(5);
  informer.stop(step);
  informer.start(step);
  assert.equal(asked.at(-1), "list 5");
  // A server that answers with less than it was asked for is not believed.
  listed(4);
  pass(60_000);
  assert.equal(asked.at(-1), "list newest");
  refused({ code: 500, reason: "InternalError" });
  assert.equal(informer.version(), "5");
});

test("createInformer() survives a server that has not come as far as it has (kubernetes 107133)", () => {
  const { informer, asked, step, listed, refused } = stage();
  informer.start(step);
  listed(50);
  informer.stop(step);
  informer.start(step);
  const causes = [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }];
  refused({ code: 504, reason: "Timeout", status: { details: { causes } } as Status });
  assert.deepEqual(asked.slice(2), ["list 50", "list newest"]);
  listed(40);
  assert.equal(asked.at(-1), "watch 40");
});

test("createInformer() does not ask in a loop a server that closes each watch at once", () => {
  const { informer, asked, step, listed, opened, ended, pass } = stage();
  informer.start(step);
  listed(5);
  opened();
  ended("closed");
  assert.equal(asked.length, 2);
  pass(2_000);
  assert.equal(asked.length, 3);
});

test("createInformer() takes up at once a watch that told something before it broke", () => {
  const { informer, asked, step, listed, opened, told, object, ended } = stage();
  informer.start(step);
  listed(5);
  opened();
  told("ADDED", object("a", 6));
  ended("gap");
  assert.deepEqual(asked.slice(1), ["watch 5", "watch 6"]);
});

/** A loop that does nothing but mirror. */
const mirror = defineController({
  kind: "mirror",
  module: import.meta.url,
  loop: defineLoop<never, undefined, undefined>({
    name: "mirror",
    component: "mirror",
    watches: [watch<ConfigMap>({ kind: configMap })],
    obtain: () => undefined,
    observe: () => undefined,
    difference: () => undefined,
    reconcile: () => nothingToDo,
  }),
});

type Op = { readonly op: "put" | "delete" | "wait"; readonly name: string; readonly ms: number };
const ops = fc.array(
  fc.record({
    op: fc.constantFrom<Op["op"]>("put", "put", "delete", "wait"),
    name: fc.constantFrom("a", "b", "c", "d"),
    ms: fc.nat(2_000),
  }),
  { minLength: 5, maxLength: 25 },
);
const faults = fc.uniqueArray(fc.constantFrom("loss", "duplication", "reordering", "crash"), { maxLength: 3 });
const actionOf = (kind: "crash" | "loss" | "duplication" | "reordering"): FaultAction => {
  const link = { from: ["apiserver-0", "apiserver-1"], to: ["mirror"] };
  if (kind === "crash") return { kind, parameters: { actor: "apiserver-0" } };
  if (kind === "reordering") return { kind, parameters: { ...link, delayMsMax: 200 } };
  return { kind, parameters: { ...link, probability: 0.3 } };
};

property(
  "createInformer() equals the store after any loss, repetition and disorder of what it was told",
  [ops, faults, fc.nat(1_000)],
  (run, kinds, seed) => {
    const lab = createControllerLab({ seed, servers: 2, loops: [], managers: 0, runsPods: false, actors: [mirror] });
    const servers = lab.servers;
    lab.simulation.spawnNow({ name: "mirror", kind: "mirror", input: { loop: "", servers }, restartsMax: 100 });
    lab.simulation.advance(200);
    const informer = () => (lab.simulation.dataOf("mirror") as ControllerData).reconciler.informers[0];
    let [newest, writes] = [0, 0];
    lab.simulation.onStep((address) => {
      if (address !== "mirror") return;
      const version = Number(informer()?.version() ?? 0);
      assert.ok(version >= newest, `went back from ${newest} to ${version}`);
      newest = version;
    });
    for (const kind of kinds) lab.simulation.faults.begin(actionOf(kind));
    const target = { namespace: "default", server: 1 };
    for (const { op, name, ms } of run) {
      const body = {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name },
        data: { at: String(++writes) },
      };
      if (op === "wait") lab.simulation.advance(ms);
      else if (op === "delete") lab.call("delete", "configmaps", { ...target, name });
      else if (lab.call("create", "configmaps", { ...target, body }).code !== 201)
        lab.call("update", "configmaps", { ...target, name, body });
    }
    lab.simulation.faults.heal();
    lab.simulation.advance(60_000);
    const wanted = lab
      .call("list", "configmaps", target)
      .body.items.map((each: ConfigMap) => `${each.metadata.name} ${each.metadata.resourceVersion}`);
    // In other namespaces there are the cluster's own.
    const mirrored = [...(informer()?.values() ?? [])]
      .filter(({ metadata }) => metadata.namespace === target.namespace)
      .map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`);
    assert.deepEqual(mirrored.filter((each) => !each.startsWith("kube-root")).sort(), wanted.sort());
  },
  { runs: 15 },
);
