import { assert, fc, property, test } from "../../properties/house/test.ts";
import { createOrderedMap } from "./ordered_map.ts";

const key = fc.integer({ min: 0, max: 400 }).map((n) => `k/${n}`);
const command = fc.oneof(
  { weight: 3, arbitrary: fc.record({ op: fc.constant("set" as const), key }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("delete" as const), key }) },
);

property(
  "an ordered map is a sorted array",
  [fc.array(command, { maxLength: 1500, size: "max" }), key, fc.option(key, { nil: undefined })],
  (commands, from, to) => {
    const map = createOrderedMap<number>();
    const model = new Map<string, number>();
    for (const [i, each] of commands.entries()) {
      if (each.op === "set") {
        map.set(each.key, i);
        model.set(each.key, i);
      } else {
        assert.equal(map.delete(each.key), model.delete(each.key));
      }
      assert.equal(map.get(each.key), model.get(each.key));
    }
    assert.equal(map.size(), model.size);
    const sorted = [...model].sort(([a], [b]) => (a < b ? -1 : 1));
    const walked: [string, number][] = [];
    map.each(from, to, (value, at) => void walked.push([at, value]));
    assert.deepEqual(
      walked,
      sorted.filter(([at]) => at >= from && (to === undefined || at < to)),
    );
  },
  { runs: 60 },
);

test("createOrderedMap() holds 20,000 keys through growth and full removal", () => {
  const map = createOrderedMap<number>();
  const name = (i: number) => `/registry/pods/ns-${i % 7}/pod-${(i * 7919) % 20_000}`;
  for (let i = 0; i < 20_000; i++) map.set(name(i), i);
  assert.equal(map.size(), 20_000);
  let last = "";
  let seen = 0;
  map.each("", undefined, (_, at) => {
    assert.ok(at > last);
    last = at;
    return ++seen < 5_000;
  });
  assert.equal(seen, 5_000);
  for (let i = 0; i < 20_000; i++) assert.ok(map.delete(name(i)));
  assert.equal(map.size(), 0);
  map.each("", undefined, () => assert.fail("an empty map has no keys"));
  map.set("a", 1);
  assert.equal(map.get("a"), 1);
});
