import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { readBolt } from "../../../properties/stages/etcd/bolt_reader.ts";
import { boltFile } from "./bolt_file.ts";

const bytes = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));

function fileOf(buckets: ReadonlyMap<string, ReadonlyMap<string, string>>): Uint8Array {
  const sorted = <T>(map: ReadonlyMap<string, T>) => [...map].sort(([one], [other]) => (one < other ? -1 : 1));
  return boltFile(
    sorted(buckets).map(([name, entries]) => [
      name,
      sorted(entries).map(([key, value]) => ({ key: bytes(key), value: bytes(value) })),
    ]),
  );
}

const values = fc.tuple(fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 40 }), fc.nat(9_000));

property(
  "a file of etcd's database has what was put into it, however much that is",
  [fc.array(values, { maxLength: 60 }), fc.array(values, { maxLength: 5 })],
  (one, other) => {
    const entries = (drawn: readonly (readonly [string, number])[]) =>
      new Map(drawn.map(([key, length]) => [key, key.repeat(length).slice(0, length)]));
    const buckets = new Map([
      ["key", entries(one)],
      ["lease", entries(other)],
    ]);
    assert.deepEqual(
      readBolt(fileOf(buckets)),
      new Map([...buckets].map(([name, held]) => [name, new Map([...held].sort(([a], [b]) => (a < b ? -1 : 1)))])),
    );
  },
  { runs: 60 },
);

test("a file of etcd's database has branches over branches where there are many keys", () => {
  const keys = new Map(Array.from({ length: 30_000 }, (_each, at) => [String(at).padStart(200, "k"), `${at}`]));
  assert.deepEqual(readBolt(fileOf(new Map([["key", keys]]))), new Map([["key", keys]]));
});
