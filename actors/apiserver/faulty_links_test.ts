import { assert, fc, property } from "../../properties/house/test.ts";
import { configMapNamed, createLab, type Lab } from "../../properties/stages/apiserver/lab.ts";
import type { WatchBox } from "../../properties/stages/apiserver/watch_box.ts";
import type { Fault } from "../../runtime/faults/fault.ts";

const inDefault = { namespace: "default" };

const faultyLink = fc.record({
  kind: fc.constantFrom("loss" as const, "duplication" as const, "reordering" as const),
  percent: fc.integer({ min: 5, max: 40 }),
  way: fc.constantFrom("to", "from"),
});

interface FaultyLink {
  readonly kind: "loss" | "duplication" | "reordering";
  readonly percent: number;
  readonly way: string;
}

function faultOf({ kind, percent, way }: FaultyLink): Fault {
  const [server, store] = [["apiserver-0"], ["store", "store-0", "store-1", "store-2"]];
  const link = { ...(way === "to" ? { from: server, to: store } : { from: store, to: server }), oneWay: true };
  // The servers are up by then: what is tested is how they serve.
  const trigger = { atMs: 1_000 };
  return kind === "reordering"
    ? { kind, parameters: { ...link, delayMsMax: 3 }, trigger }
    : { kind, parameters: { ...link, probability: percent / 100 }, trigger };
}

function increment(lab: Lab): number {
  const read = lab.call("get", "configmaps", { ...inDefault, name: "n" });
  if (read.code !== 200) return read.code;
  const body = { ...read.body, data: { n: String(Number(read.body.data.n) + 1) } };
  return lab.call("update", "configmaps", { ...inDefault, name: "n", body }).code;
}

property(
  "over links that lose, repeat and reorder, what is acknowledged is done, and nothing is done twice",
  [fc.nat(10_000), fc.array(faultyLink, { minLength: 1, maxLength: 3 }), fc.constantFrom(0, 3)],
  (seed, links, stores) => {
    const lab = createLab({ seed, stores, faults: links.map(faultOf) });
    lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("n", { data: { n: "0" } }) });
    const box: WatchBox = lab.watch("configmaps", inDefault);
    lab.simulation.advance(1_000);
    let [acknowledged, unknown] = [0, 0];
    const made: string[] = [];
    for (let turn = 0; turn < 12; turn++) {
      const code = increment(lab);
      if (code === 200) acknowledged++;
      else if (code >= 500) unknown++;
      const name = `c${turn}`;
      if (lab.call("create", "configmaps", { ...inDefault, body: configMapNamed(name) }).code === 201) made.push(name);
    }
    lab.simulation.faults.heal();
    lab.simulation.advance(15_000);
    const { items } = lab.call("list", "configmaps", inDefault).body;
    const names: string[] = items.map(({ metadata }: { metadata: { name: string } }) => metadata.name);
    const n = Number(items.find(({ metadata }: { metadata: { name: string } }) => metadata.name === "n").data.n);
    assert.deepEqual(
      made.filter((name) => !names.includes(name)),
      [],
    );
    assert.ok(
      n >= acknowledged && n <= acknowledged + unknown,
      `${acknowledged} to ${acknowledged + unknown}, is ${n}`,
    );
    const cached = lab.call("list", "configmaps", { ...inDefault, query: { resourceVersion: "0" } }).body.items;
    assert.deepEqual(cached, items);
    // A watch that was closed has told no lies before; one that lives has told everything.
    const seen = new Map(
      box.events.map(({ object }) => [JSON.parse(object).metadata.name, JSON.parse(object).metadata.resourceVersion]),
    );
    if (!box.closed) for (const { metadata } of items) assert.equal(seen.get(metadata.name), metadata.resourceVersion);
    assert.equal(box.gap, false);
  },
  { runs: 20 },
);
