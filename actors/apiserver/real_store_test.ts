import { assert, fc, property, test } from "../../properties/house/test.ts";
import { configMapNamed, createLab } from "../../properties/stages/apiserver/lab.ts";

const inDefault = { namespace: "default" };

test("two API servers over three store replicas keep every acknowledged write while replicas and servers crash", () => {
  const lab = createLab({ stores: 3, servers: 2 });
  const box = lab.watch("configmaps", { ...inDefault, server: 1 });
  const acknowledged: string[] = [];
  for (let index = 0; index < 60; index++) {
    if (index % 10 === 4) lab.simulation.crashNow(`store-${((index / 10) % 3) | 0}`, "test");
    if (index === 31) lab.simulation.crashNow("apiserver-0", "test");
    const name = `c${index}`;
    // A server that has just been restarted refuses; one without its store may not know what came of a write.
    const answer = lab.call("create", "configmaps", { ...inDefault, body: configMapNamed(name), server: index % 2 });
    if (answer.code === 201) acknowledged.push(name);
    lab.simulation.advance(200);
  }
  lab.simulation.advance(10_000);
  const { items } = lab.call("list", "configmaps", inDefault).body;
  const names = new Set(items.map(({ metadata }: { metadata: { name: string } }) => metadata.name));
  assert.ok(acknowledged.length >= 50, `${acknowledged.length} of 60 writes were acknowledged`);
  assert.deepEqual(
    acknowledged.filter((name) => !names.has(name)),
    [],
  );
  const seen = box.events.filter(({ type }) => type === "ADDED").map(({ object }) => JSON.parse(object).metadata.name);
  assert.deepEqual([...seen].sort(), [...names].sort());
  assert.equal(box.gap, false);
});

property(
  "caches of all servers come to hold what the store holds, whichever replicas crash",
  [fc.nat(10_000), fc.array(fc.tuple(fc.nat(2), fc.nat(5), fc.boolean()), { maxLength: 8 })],
  (seed, deeds) => {
    const lab = createLab({ seed, stores: 3, servers: 2 });
    for (const [replica, name, isDelete] of deeds) {
      lab.simulation.crashNow(`store-${replica}`, "test");
      const at = { ...inDefault, name: `c${name}`, server: replica % 2 };
      if (isDelete) lab.call("delete", "configmaps", at);
      else lab.call("create", "configmaps", { ...inDefault, body: configMapNamed(`c${name}`), server: replica % 2 });
    }
    lab.simulation.advance(15_000);
    const truth = JSON.stringify(lab.call("list", "configmaps", inDefault).body.items);
    for (const server of [0, 1]) {
      const cached = lab.call("list", "configmaps", { ...inDefault, server, query: { resourceVersion: "0" } });
      assert.equal(JSON.stringify(cached.body.items), truth);
    }
  },
  { runs: 10 },
);
