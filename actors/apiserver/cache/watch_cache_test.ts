import { loadMutated } from "../../../properties/engine/load_mutated.ts";
import type { Mutation } from "../../../properties/engine/mutation.ts";
import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { staleListAsFresh } from "../../../properties/mutations/stale_list_as_fresh.ts";
import { watchEventDropped } from "../../../properties/mutations/watch_event_dropped.ts";
import type * as labs from "../../../properties/stages/apiserver/lab.ts";
import { configMapNamed, createLab, type Lab, podNamed } from "../../../properties/stages/apiserver/lab.ts";
import type { WatchBox } from "../../../properties/stages/apiserver/watch_box.ts";
import { createStep } from "../../../runtime/core/step.ts";
import type { Step } from "../../../runtime/mod.ts";
import { createStoreClient } from "../../client/store_client.ts";
import { createAsks } from "../../kit/asks.ts";
import { memoryPlan } from "../memory.ts";
import type { ApiRequest } from "../messages.ts";
import { createFeed } from "./feed.ts";
import { createWatchers } from "./watchers.ts";

const labOf = async (mutation: Mutation) =>
  (await loadMutated<typeof labs>(mutation, "properties/stages/apiserver/lab.ts")).createLab();
const inDefault = { namespace: "default" };

/** What a client that knows nothing but the watch believes to be there. */
function mirrorOf(box: WatchBox): Map<string, string> {
  const mirror = new Map<string, string>();
  for (const { type, object } of box.events) {
    const { metadata } = JSON.parse(object);
    if (type === "DELETED") mirror.delete(metadata.name);
    else if (type !== "BOOKMARK") mirror.set(metadata.name, metadata.resourceVersion);
  }
  return mirror;
}

function listed(lab: Lab, plural: string, query: Record<string, string> = {}): Map<string, string> {
  const { items } = lab.call("list", plural, { ...inDefault, query }).body;
  return new Map(
    items.map(({ metadata }: { metadata: { name: string; resourceVersion: string } }) => [
      metadata.name,
      metadata.resourceVersion,
    ]),
  );
}

const names = ["a", "b", "c", "d"];
const deed = fc.record({
  do: fc.constantFrom("create", "label", "delete"),
  name: fc.constantFrom(...names),
  colour: fc.constantFrom("red", "green"),
});

property(
  "a watch, whatever its selector and whenever it began, shows in the end what a list shows",
  [fc.array(deed, { maxLength: 30 }), fc.nat(30), fc.constantFrom("", "colour=red", "colour!=red"), fc.nat(1_000)],
  (deeds, watchAt, labelSelector, seed) => {
    const lab = createLab({ seed, servers: 2 });
    const query = labelSelector === "" ? {} : { labelSelector };
    let box = lab.watch("configmaps", { ...inDefault, query });
    for (const [index, { do: act, name, colour }] of deeds.entries()) {
      if (index === watchAt) box = lab.watch("configmaps", { ...inDefault, query, server: 1 });
      const labels = { colour };
      if (act === "create") lab.call("create", "configmaps", { ...inDefault, body: configMapNamed(name, { labels }) });
      else if (act === "delete") lab.call("delete", "configmaps", { ...inDefault, name });
      else {
        const patch = { body: { metadata: { labels } }, contentType: "application/merge-patch+json" } as const;
        lab.call("patch", "configmaps", { ...inDefault, name, ...patch });
      }
    }
    lab.simulation.advance(100);
    assert.deepEqual([...mirrorOf(box)].sort(), [...listed(lab, "configmaps", query)].sort());
    assert.equal(box.gap, false);
  },
  { runs: 25 },
);

test("a watch with a selector is told ADDED and DELETED when an object begins and ceases to match", () => {
  const lab = createLab();
  const box = lab.watch("configmaps", { ...inDefault, query: { labelSelector: "on=yes" } });
  const label = (on: string) =>
    lab.call("patch", "configmaps", {
      ...inDefault,
      name: "a",
      contentType: "application/merge-patch+json",
      body: { metadata: { labels: { on } } },
    });
  lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("a") });
  label("yes");
  const left = label("no").body.metadata.resourceVersion;
  lab.simulation.advance(20);
  assert.deepEqual(
    box.events.map(({ type }) => type),
    ["ADDED", "DELETED"],
  );
  const last = JSON.parse(box.events[1]?.object ?? "{}");
  assert.equal(last.metadata.labels.on, "yes");
  assert.equal(last.metadata.resourceVersion, left);
});

test("a component that asks for what is open to its controllers is told of their objects and of nobody's, in lists and watches", () => {
  const lab = createLab();
  const box = lab.watch("configmaps", { ...inDefault, openTo: "Job" });
  const own = (name: string, kind: string | undefined) => {
    const ownerReferences = kind ? [{ apiVersion: "v1", kind, name: "owner", uid: "1", controller: true }] : null;
    const body = { metadata: { ownerReferences } };
    lab.call("patch", "configmaps", { ...inDefault, name, contentType: "application/merge-patch+json", body });
  };
  for (const name of ["orphan", "ours", "theirs"]) {
    lab.call("create", "configmaps", { ...inDefault, body: configMapNamed(name) });
  }
  own("ours", "Job");
  own("theirs", "ReplicaSet");
  lab.call("patch", "configmaps", {
    ...{ ...inDefault, name: "theirs", contentType: "application/merge-patch+json" },
    body: { data: { nobody: "is told" } },
  });
  lab.simulation.advance(20);
  const told = box.events.map(({ type, object }) => `${type} ${JSON.parse(object).metadata.name}`);
  assert.deepEqual(told, ["ADDED orphan", "ADDED ours", "ADDED theirs", "MODIFIED ours", "DELETED theirs"]);
  const { items } = lab.call("list", "configmaps", { ...inDefault, openTo: "Job" }).body;
  const names = (items as readonly { metadata: { name: string } }[]).map(({ metadata }) => metadata.name);
  assert.deepEqual(names, ["orphan", "ours"]);
});

test("a watch by spec.nodeName is told of the pods of its node alone, from their binding on", () => {
  const lab = createLab();
  const query = { fieldSelector: "spec.nodeName=n1" };
  const box = lab.watch("pods", { query });
  for (const [name, node] of [
    ["p1", "n1"],
    ["p2", "n2"],
  ] as const) {
    lab.call("create", "pods", { ...inDefault, body: podNamed(name) });
    const body = { target: { kind: "Node", name: node } };
    lab.call("create", "pods", { ...inDefault, name, subresource: "binding", body });
  }
  lab.simulation.advance(20);
  assert.deepEqual([...mirrorOf(box).keys()], ["p1"]);
  assert.deepEqual([...listed(lab, "pods", query).keys()], ["p1"]);
  lab.call("delete", "pods", { ...inDefault, name: "p1", query: { gracePeriodSeconds: "0" } });
  lab.simulation.advance(20);
  assert.deepEqual(
    box.events.map(({ type }) => type),
    ["ADDED", "DELETED"],
  );
});

test("a watch from before the window gets one ERROR with 410 Expired, and is closed", () => {
  const lab = createLab();
  const first = lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("a") }).body.metadata
    .resourceVersion;
  for (let index = 0; index < 4_100; index++) {
    const body = { data: { n: String(index) } };
    lab.call("patch", "configmaps", { ...inDefault, name: "a", contentType: "application/merge-patch+json", body });
  }
  const box = lab.watch("configmaps", { ...inDefault, query: { resourceVersion: first } });
  assert.deepEqual(
    box.events.map(({ type }) => type),
    ["ERROR"],
  );
  const status = JSON.parse(box.events[0]?.object ?? "{}");
  assert.equal(status.code, 410);
  assert.equal(status.reason, "Expired");
  assert.match(status.message, new RegExp(`^too old resource version: ${first} \\(\\d+\\)$`));
  assert.equal(box.closed, true);
});

test("a watch with sendInitialEvents shows the state, then a bookmark that marks its end", () => {
  const lab = createLab();
  lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("a") });
  const query = { sendInitialEvents: "true", resourceVersionMatch: "NotOlderThan", allowWatchBookmarks: "true" };
  const box = lab.watch("configmaps", { ...inDefault, query });
  assert.deepEqual(
    box.events.map(({ type }) => type),
    ["ADDED", "BOOKMARK"],
  );
  const { metadata } = JSON.parse(box.events[1]?.object ?? "{}");
  assert.equal(metadata.annotations["k8s.io/initial-events-end"], "true");
  lab.simulation.advance(61_000);
  assert.equal(box.events.length, 3);
});

test("a watch with timeoutSeconds gets a last bookmark and is closed", () => {
  const lab = createLab();
  const box = lab.watch("configmaps", { ...inDefault, query: { timeoutSeconds: "2", allowWatchBookmarks: "true" } });
  lab.simulation.advance(3_500);
  assert.deepEqual([box.events.map(({ type }) => type), box.closed], [["BOOKMARK"], true]);
});

test("a lagging cache serves version 0 as it is, but a consistent list what was written", async () => {
  const lab = createLab();
  lab.order({ held: true });
  lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("new") });
  assert.equal(listed(lab, "configmaps", { resourceVersion: "0" }).has("new"), false);
  assert.equal(listed(lab, "configmaps").has("new"), true);
  const stale = await labOf(staleListAsFresh);
  stale.order({ held: true });
  stale.call("create", "configmaps", { ...inDefault, body: configMapNamed("new") });
  assert.equal(listed(stale, "configmaps").has("new"), false);
});

test("a version that no cache has reached is answered with 504 and when to come back", () => {
  const lab = createLab();
  const answer = lab.call("list", "configmaps", { ...inDefault, query: { resourceVersion: "999999" } });
  assert.equal(answer.code, 504);
  assert.match(answer.body.message, /^Timeout: Too large resource version: 999999, current: \d+$/);
  assert.equal(answer.body.details.causes[0].reason, "ResourceVersionTooLarge");
  assert.equal(answer.body.details.retryAfterSeconds, 1);
});

test("watchEventDropped, a defect for tests, makes a mirror differ from the list", async () => {
  const lab = await labOf(watchEventDropped);
  const box = lab.watch("configmaps", inDefault);
  for (let index = 0; index < 60; index++) {
    lab.call("create", "configmaps", { ...inDefault, body: configMapNamed(`c${index}`) });
  }
  lab.simulation.advance(50);
  assert.notDeepEqual([...mirrorOf(box).keys()].sort(), [...listed(lab, "configmaps").keys()].sort());
});

test("a cache whose history is compacted away fills itself anew and closes its watches", () => {
  const lab = createLab();
  const box = lab.watch("configmaps", inDefault);
  lab.order({ held: true });
  const made = lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("a") }).body.metadata
    .resourceVersion;
  lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("b") });
  lab.simulation.send("store", { type: "store.compact", revision: Number(made) + 1 } as never);
  // A consistent list finds the cache behind, which makes the server open its watch again: from what is gone.
  assert.equal(listed(lab, "configmaps").size, 2);
  lab.simulation.advance(500);
  lab.order({ held: false });
  lab.simulation.advance(500);
  assert.equal(listed(lab, "configmaps", { resourceVersion: "0" }).size, 2);
  assert.equal(box.closed, true);
});

test("a watch that is asked for twice, as a faulty network delivers it, is one watch", () => {
  const lab = createLab();
  const request: ApiRequest = {
    type: "api.request",
    verb: "watch",
    group: "",
    version: "v1",
    resource: "configmaps",
    ...inDefault,
    watch: 1,
  };
  const input = { server: "apiserver-0", request, twice: true };
  const address = lab.simulation.spawnNow({ name: "twice", kind: "watchBox", input });
  lab.simulation.advance(50);
  lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("a") });
  lab.simulation.advance(20);
  const box = lab.simulation.dataOf(address) as WatchBox;
  assert.deepEqual([box.events.length, box.gap], [1, false]);
});

test("a watcher's full mailbox is no failed opening of the feed: nobody had asked for anything", () => {
  const { step } = createStep({ self: "apiserver/0", parent: "", incarnation: 0, randomKey: 1 });
  const asks = createAsks<Step>();
  const feed = createFeed(createStoreClient(["store/0"], asks, step), createWatchers(memoryPlan()), []);
  assert.equal(asks.failed({ ask: 0, reason: "overflow" }, step), false);
  assert.equal(feed.phase, "idle");
});
