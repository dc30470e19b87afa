import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { sortElements } from "./elements.ts";
import {
  decodeSet,
  difference,
  encodeSet,
  type FieldSet,
  has,
  includes,
  intersection,
  isEmpty,
  recursiveDifference,
  setOfPaths,
  shownPaths,
  union,
} from "./field_set.ts";

type Path = readonly string[];

const elements = ["f:a", "f:b", 'k:{"name":"x"}', 'v:"y"'];
const paths = fc.array(fc.array(fc.constantFrom(...elements), { minLength: 1, maxLength: 3 }), { maxLength: 8 });

/** All that a set has, as texts: what the laws below are told about. */
function membersOf(set: FieldSet): Set<string> {
  const found = new Set<string>();
  const walk = (node: FieldSet, path: Path): void => {
    for (const [element, inner] of Object.entries(node)) {
      if (element === ".") continue;
      const here = [...path, element];
      if (Object.keys(inner).length === 0 || "." in inner) found.add(JSON.stringify(here));
      walk(inner, here);
    }
  };
  walk(set, []);
  return found;
}

const runs = { runs: 40 };
const textsOf = (from: readonly Path[]): Set<string> => new Set(from.map((path) => JSON.stringify(path)));

property(
  "setOfPaths(), union(), difference() and intersection() do what they do to lists of paths",
  [paths, paths],
  (a, b) => {
    const [left, right] = [setOfPaths(...a), setOfPaths(...b)];
    const [inLeft, inRight] = [textsOf(a), textsOf(b)];
    assert.deepEqual(membersOf(left), inLeft);
    assert.deepEqual(membersOf(union(left, right)), new Set([...inLeft, ...inRight]));
    assert.deepEqual(membersOf(difference(left, right)), new Set([...inLeft].filter((each) => !inRight.has(each))));
    assert.deepEqual(membersOf(intersection(left, right)), new Set([...inLeft].filter((each) => inRight.has(each))));
    assert.equal(
      includes(left, right),
      [...inRight].every((each) => inLeft.has(each)),
    );
    for (const path of [...a, ...b]) assert.equal(has(left, path), inLeft.has(JSON.stringify(path)));
  },
  runs,
);

property(
  "recursiveDifference() takes with a part all that is inside of it",
  [paths, paths],
  (a, b) => {
    const inside = (text: string): boolean => {
      const path = JSON.parse(text) as string[];
      return b.some((outer) => outer.every((element, index) => path[index] === element));
    };
    const left = new Set([...textsOf(a)].filter((text) => !inside(text)));
    assert.deepEqual(membersOf(recursiveDifference(setOfPaths(...a), setOfPaths(...b))), left);
  },
  runs,
);

property(
  "decodeSet() reads what encodeSet() writes, and what it reads is written the same",
  [paths],
  (a) => {
    const set = setOfPaths(...a);
    const text = encodeSet(set);
    const read = decodeSet(JSON.parse(text));
    assert.ok(read.ok);
    assert.deepEqual(membersOf(read.value), membersOf(set));
    assert.equal(encodeSet(read.value), text);
  },
  runs,
);

test("difference() is the same set where nothing is taken, and no set where everything is", () => {
  const set = setOfPaths(["f:spec"], ["f:spec", "f:replicas"], ["f:spec", "f:ports", 'k:{"port":53}']);
  assert.equal(difference(set, setOfPaths(["f:status"])), set);
  assert.equal(difference(set, setOfPaths(["f:spec", "f:paused"])), set);
  assert.ok(isEmpty(difference(set, set)));
});

test("encodeSet() writes fields before items before values, each in its own order, and a dot for what has parts", () => {
  const set = setOfPaths(
    ["f:spec", 'v:"b"'],
    ["f:spec", 'k:{"port":443}', "f:port"],
    ["f:spec", 'k:{"port":80}'],
    ["f:spec", 'k:{"port":80}', "f:port"],
    ["f:spec", "f:b"],
    ["f:spec", "f:a"],
    ["f:spec", "v:true"],
    ["f:spec", "v:9"],
    ["f:spec", "v:10"],
  );
  assert.equal(
    encodeSet(set),
    '{"f:spec":{"f:a":{},"f:b":{},"k:{\\"port\\":80}":{".":{},"f:port":{}},"k:{\\"port\\":443}":{"f:port":{}},"v:9":{},"v:10":{},"v:\\"b\\"":{},"v:true":{}}}',
  );
});

test("sortElements() orders items by their keys as Go orders texts, spaces before the end of others", () => {
  const item = (name: string) => `k:${JSON.stringify({ name })}`;
  const sorted = ["a", "a b", "a!", "ab", "b"].map(item);
  assert.deepEqual(sortElements([...sorted].reverse()), sorted);
  assert.deepEqual(sortElements(["b", "a"].map(item)), ["a", "b"].map(item));
});

test("decodeSet() refuses what is no set, drops sorts that nobody knows, and brings keys into their order", () => {
  assert.equal(decodeSet({ spec: {} }).ok, false);
  assert.equal(decodeSet({ "f:spec": 1 }).ok, false);
  assert.equal(decodeSet({ "k:{": {} }).ok, false);
  assert.equal(decodeSet([]).ok, false);
  const read = decodeSet({ ".": {}, "x:later": {}, "f:ports": { 'k:{"protocol":"TCP", "port": 53}': { ".": {} } } });
  assert.deepEqual(read.ok && read.value, { "f:ports": { 'k:{"port":53,"protocol":"TCP"}': {} } });
});

test("shownPaths() shows fields, items and values as kubectl prints conflicts", () => {
  const set = setOfPaths(
    ["f:spec", "f:ports", 'k:{"port":53,"protocol":"TCP"}', "f:name"],
    ["f:metadata", "f:finalizers", 'v:"a/b"'],
  );
  assert.deepEqual(shownPaths(set), ['.metadata.finalizers[="a/b"]', '.spec.ports[port=53,protocol="TCP"].name']);
});
