import { assert, test } from "../../properties/house/test.ts";
import { createCluster } from "../cluster/create_cluster.ts";
import { createScript, type ScriptEvent } from "./create_script.ts";
import { NotHeldError } from "./patience.ts";
import { RequestFailed } from "./request_failed.ts";

const topology = { nodes: 2, stores: 3, apiservers: 2 } as const;
const settings = (data: Readonly<Record<string, string>>) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "settings" },
  data,
});

/** A script on a simulated cluster, and what it has told. */
async function stage() {
  const cluster = await createCluster({ topology });
  const told: string[] = [];
  const onEvent = (event: ScriptEvent) => void (event.type === "observed" && told.push(event.text));
  const performance = createScript(cluster, { onEvent });
  return { ...performance, told, cluster, [Symbol.asyncDispose]: cluster.close };
}

test("apply() takes documents and objects, and says what came of each as kubectl does", async () => {
  await using on = await stage();
  const { apply, get, list } = on.script;
  const yaml = "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n---\n# nothing\n---\n";
  await apply(`${yaml}apiVersion: v1\nkind: Secret\nmetadata: { name: key, namespace: shop }\n`);
  await apply([settings({ a: "1" }), settings({ a: "1" }), settings({ a: "2" })]);
  assert.deepEqual(on.told, [
    "namespace/shop created",
    "secret/key created",
    "configmap/settings created",
    "configmap/settings unchanged",
    "configmap/settings configured",
  ]);
  assert.equal((await get("configmap/settings")).data?.a, "2");
  assert.equal((await get("secret/key", { namespace: "shop" })).type, "Opaque");
  const everywhere = await list("secrets", { namespace: "" });
  assert.deepEqual(
    everywhere.map(({ metadata }) => metadata.namespace),
    ["shop"],
  );
});

test("what the API refuses comes as RequestFailed, and what makes no sense is said in one line", async () => {
  await using on = await stage();
  const { apply, get, list, scale, remove, inject } = on.script;
  const refusals: readonly (readonly [() => Promise<unknown>, RegExp])[] = [
    [() => get("pod/none"), /^RequestFailed: Cannot get pod\/none: NotFound: pods "none" not found/],
    [() => remove("cm/none"), /NotFound: configmaps "none" not found/],
    [() => apply({ ...settings({}), metadata: { name: "No_Good" } }), /Cannot apply configmap\/No_Good: Invalid: /],
    [() => scale("configmap/settings", 3), /Cannot scale configmap\/settings: NotFound/],
    [() => get("pod"), /^Error: Cannot find "pod": name an object by its kind and name/],
    [
      () => list("dragons"),
      /^Error: Cannot find the kind "dragons": there is none of that name, use one of: .*, configmap, /,
    ],
    [() => apply("kind: Pod"), /^Error: Cannot apply a manifest: it has no apiVersion and kind/],
    [() => apply("apiVersion: v1\nkind: Pod"), /^Error: Cannot apply a Pod: its manifest has no metadata.name/],
    [() => apply("apiVersion: v2\nkind: Dragon"), /^Error: Cannot apply a v2 Dragon: there is no such kind/],
    [() => apply("a: [1"), /^Error: Cannot apply manifests: they are no YAML/],
    [
      () => inject("crash", { actor: "store/9" }),
      /^Error: Cannot find the actor "store\/9": .*leader of the store.*store\/0/,
    ],
    [
      () => inject("crash", { actor: "followers of the store" }),
      /"followers of the store": it takes one actor, 2 were named/,
    ],
    [
      () => inject(JSON.parse('"earthquake"'), { actor: "store/0" }),
      /there is no such kind, use one of brokenStream, clockSkew, crash/,
    ],
  ];
  for (const [attempt, expected] of refusals) {
    await assert.rejects(attempt, (error) => expected.test(String(error)) || assert.fail(String(error)));
  }
});

test("eventually() looks again at what may pass, gives what it saw, and passes a mistake on at once", async () => {
  await using on = await stage();
  const { eventually, get, apply, expect } = on.script;
  let looks = 0;
  const seen = await eventually("the third look", () => ++looks >= 3 && `look ${looks}`);
  assert.equal(seen, "look 3");
  assert.match(on.told.at(-1) ?? "", /^the third look, after 0\.2 s$/);
  const late = eventually("it is there", () => get("pod/late"), { within: "2s" });
  await assert.rejects(late, (error) => {
    assert.ok(error instanceof NotHeldError && error.cause instanceof RequestFailed);
    assert.match(error.message, /^it is there: not within 2\.0 s: Cannot get pod\/late: NotFound/);
    return true;
  });
  for (const mistake of [
    () => assert.fail(new TypeError("a mistake")),
    async () => void (await apply({ ...settings({}), metadata: { name: "No_Good" } })),
  ]) {
    const sinceMs = on.cluster.uptimeMs();
    await assert.rejects(eventually("never", mistake), /a mistake|Invalid/);
    assert.ok(on.cluster.uptimeMs() - sinceMs < 1_000, "it did not wait");
  }
  await assert.rejects(
    eventually("node's own assert", () => assert.equal(1, 2), { within: "1s" }),
    /not within 1\.0 s/,
  );
  await assert.rejects(
    eventually("an expectation", () => expect(1, "it").toBe(2), { within: "1s" }),
    /Expected it to be 2, saw 1/,
  );
});

test("always() is broken by what happens meanwhile, and is over with its step", async () => {
  await using on = await stage();
  const { step, always, advance, apply, get, patch, expect } = on.script;
  const isOne = async () => expect((await get("configmap/settings")).data?.a, "a").toBe("1");
  await apply(settings({ a: "1" }));
  await step("It holds", async () => {
    await always("a is 1", isOne);
    await advance("1s");
  });
  await patch("configmap/settings", { data: { a: "2" } });
  await assert.rejects(
    step("It never held", () => always("a is 1", isOne)),
    /a is 1: did not hold after 0\.0 s: Expected a to be '1', saw '2'/,
  );
  await patch("configmap/settings", { data: { a: "1" } });
  const broken = step("It stops to hold", async () => {
    await always("a is 1", isOne);
    await advance("1s");
    await patch("configmap/settings", { data: { a: "2" } });
    await advance("1m");
  });
  await assert.rejects(broken, /did not hold after 1\.0 s/);
  assert.deepEqual(
    on.steps.map(({ isHeld }) => isHeld),
    [true, false, false],
  );
  await step("Nothing is left of it", () => advance("1s"));
});

test("always() does not take silence for a yes when it begins, but bears with it later", async () => {
  await using on = await stage();
  const { step, always, advance, list, inject, heal } = on.script;
  const nodes = async () => (await list("nodes", { server: "apiserver/0" })).length === 2;
  await step("Silence later", async () => {
    await always("there are two nodes", nodes);
    await inject("crash", { actor: "apiserver/0" });
    await advance("1s");
  });
  await assert.rejects(
    step("Silence from the beginning", () => always("there are two nodes", nodes)),
    /there are two nodes: did not hold after 0\.0 s: Cannot list nodes: Unanswered/,
  );
  await heal();
});

test("inject() finds whoever has a role now, and a fault ends when it is healed, or after its time", async () => {
  await using on = await stage();
  const { inject, heal, eventually, advance } = on.script;
  const crashed = await inject("crash", { actor: "leader of the store" });
  const { host } = on.cluster;
  const state = async () => (await host.inspect(crashed.who[0] ?? ""))?.state;
  await advance("30s");
  assert.equal(await state(), "restarting", "it stays down");
  await crashed.heal();
  await crashed.heal();
  await eventually("it is back", async () => (await state()) === "running");
  const paused = await inject("pause", { actor: "leader of the controller managers" }, { for: "5s" });
  assert.deepEqual(paused.who, ["manager/0"]);
  await advance("4s");
  assert.equal((await host.inspect("manager/0"))?.state, "paused");
  await advance("2s");
  assert.equal((await host.inspect("manager/0"))?.state, "running");
  await inject("partition", { from: ["leader of the store"], to: "followers of the store" });
  await inject("pause", { actor: "leader of the schedulers" });
  await heal();
  assert.equal((await host.inspect("scheduler/0"))?.state, "running");
  assert.deepEqual(
    on.told.filter((text) => /^(fault|over)/.test(text)).map((text) => text.split(":")[0]),
    ["fault", "over", "fault", "fault", "fault", "over", "over"],
  );
});

test("step() refuses to begin inside another, and the end refuses a step that was not awaited", async () => {
  await using on = await stage();
  const { step, advance } = on.script;
  await assert.rejects(
    step("outer", () => step("inner", () => 1)),
    /Cannot begin the step "inner": the step "outer" is not over, await it/,
  );
  const forgotten = step("forgotten", () => advance("1s"));
  await assert.rejects(on.end(), /Cannot end: the step "forgotten" is not over, await it/);
  await forgotten;
  await on.end();
});
