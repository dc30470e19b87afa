import { assert, fc, property, test } from "../../properties/house/test.ts";
import { failed } from "../kit/result.ts";
import { createStrategicMergePatch } from "./strategic_merge_diff.ts";
import { applyStrategicMergePatch } from "./strategic_merge_patch.ts";
import type { Fields } from "./types.ts";

const deployment = "io.k8s.api.apps.v1.Deployment";
const podSpec = "io.k8s.api.core.v1.PodSpec";

function patched(original: Fields, patch: Fields, schema = podSpec): Fields {
  const result = applyStrategicMergePatch(original, { patch, schema });
  return result.ok ? result.value : assert.fail(result.failure);
}

test("applyStrategicMergePatch() merges lists by their keys", () => {
  const original = {
    containers: [
      { name: "a", image: "a:1", args: ["x", "y"] },
      { name: "b", image: "b:1" },
    ],
  };
  const patch = {
    containers: [
      { name: "b", image: "b:2" },
      { name: "a", args: ["z"] },
      { name: "c", image: "c:1" },
    ],
  };
  assert.deepEqual(patched(original, patch), {
    containers: [
      { name: "a", image: "a:1", args: ["z"] },
      { name: "b", image: "b:2" },
      { name: "c", image: "c:1" },
    ],
  });
  assert.equal(original.containers.length, 2);
});

test("applyStrategicMergePatch() deletes items and replaces lists when the patch says so", () => {
  const original = { containers: [{ name: "a" }, { name: "b" }], nodeSelector: { x: "1", y: "2" } };
  assert.deepEqual(patched(original, { containers: [{ name: "a", $patch: "delete" }] }).containers, [{ name: "b" }]);
  assert.deepEqual(patched(original, { containers: [{ name: "z" }, { $patch: "replace" }] }).containers, [
    { name: "z" },
  ]);
  assert.deepEqual(patched(original, { nodeSelector: { $patch: "replace", z: "3" } }).nodeSelector, { z: "3" });
  assert.deepEqual(patched(original, { nodeSelector: { x: null } }).nodeSelector, { y: "2" });
});

test("applyStrategicMergePatch() keeps only what $retainKeys names", () => {
  const original = { spec: { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1 } } } };
  const patch = { spec: { strategy: { $retainKeys: ["type"], type: "Recreate" } } };
  assert.deepEqual(patched(original, patch, deployment), { spec: { strategy: { type: "Recreate" } } });
  const bad = { spec: { strategy: { $retainKeys: [], type: "Recreate" } } };
  assert.ok(!applyStrategicMergePatch(original, { patch: bad, schema: deployment }).ok);
});

test("applyStrategicMergePatch() deletes from and orders primitive lists", () => {
  const original = { metadata: { finalizers: ["a/a", "b/b", "c/c"] } };
  const patch = {
    metadata: {
      "$deleteFromPrimitiveList/finalizers": ["a/a"],
      "$setElementOrder/finalizers": ["d/d", "b/b"],
      finalizers: ["d/d"],
    },
  };
  assert.deepEqual(patched(original, patch, deployment), { metadata: { finalizers: ["d/d", "b/b", "c/c"] } });
});

test("applyStrategicMergePatch() keeps what only the server has in its place", () => {
  const original = { containers: [{ name: "a" }, { name: "sidecar" }, { name: "b" }] };
  const patch = {
    "$setElementOrder/containers": [{ name: "b" }, { name: "a" }],
    containers: [{ name: "a", tty: true }],
  };
  const names = (patched(original, patch).containers as { name: string }[]).map(({ name }) => name);
  assert.deepEqual(names, ["sidecar", "b", "a"]);
});

test("applyStrategicMergePatch() takes __proto__ for a key like any other", () => {
  const patch = JSON.parse('{"nodeSelector":{"__proto__":{"a":"1"}}}') as Fields;
  const { nodeSelector } = patched({ nodeSelector: {} }, patch);
  assert.equal(JSON.stringify(nodeSelector), '{"__proto__":{"a":"1"}}');
  assert.equal(({} as Fields).a, undefined);
});

test("applyStrategicMergePatch() refuses directives that are no lists, or order what has no key", () => {
  const refusals: [patch: Fields, what: string][] = [
    [{ "$setElementOrder/containers": [null] }, "setElementOrder list"],
    [{ "$setElementOrder/containers": { a: 1 } }, "setElementOrder list"],
    [{ $retainKeys: {} }, "retainKeys"],
  ];
  for (const [patch, what] of refusals) {
    const refused = applyStrategicMergePatch({ containers: [{ name: "a" }] }, { patch, schema: podSpec });
    assert.deepEqual(refused, failed(`invalid patch format of ${what}`));
  }
  const odd = { containers: [null, 1], "$setElementOrder/containers": [{ name: "a" }] };
  assert.deepEqual(patched({}, odd).containers, [null, 1]);
});

test("applyStrategicMergePatch() refuses an item without its merge key", () => {
  const result = applyStrategicMergePatch(
    { containers: [] },
    { patch: { containers: [{ image: "x" }] }, schema: podSpec },
  );
  assert.deepEqual(result, failed('map: {"image":"x"} does not contain declared merge key: name'));
});

const word = fc.constantFrom("a", "b", "c", "toString", "__proto__");
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const container = fc.record(
  {
    name: word,
    image: word,
    args: fc.array(word, { minLength: 1, maxLength: 3 }),
    env: fc.uniqueArray(fc.record({ name: word, value: word }), { selector: ({ name }) => name, minLength: 1 }),
    ports: fc.array(fc.record({ containerPort: fc.integer({ min: 1, max: 3 }), protocol: word }), {
      minLength: 1,
      maxLength: 3,
    }),
  },
  { requiredKeys: ["name"] },
);
const workload = fc
  .record({
    metadata: fc.record(
      {
        labels: fc.dictionary(word, word, { minKeys: 1 }),
        finalizers: fc.uniqueArray(word, { minLength: 1 }),
      },
      { requiredKeys: [] },
    ),
    spec: fc.record(
      {
        replicas: fc.nat(5),
        strategy: fc.oneof(
          fc.constant({ type: "Recreate" }),
          fc.record({ type: fc.constant("RollingUpdate"), rollingUpdate: fc.record({ maxSurge: fc.nat(2) }) }),
        ),
        template: fc.record({
          spec: fc.record({
            containers: fc.uniqueArray(container, { selector: ({ name }) => name, minLength: 1 }),
            nodeName: optional(word),
          }),
        }),
      },
      { requiredKeys: [] },
    ),
  })
  .map((value) => JSON.parse(JSON.stringify(value)) as Fields);

property("applying the patch between two objects to the first gives the second", [workload, workload], (from, to) => {
  const patch = createStrategicMergePatch(from, { modified: to, schema: deployment });
  assert.deepEqual(patched(from, patch, deployment), to);
});

property("an object needs no patch to become itself", [workload], (object) => {
  assert.deepEqual(createStrategicMergePatch(object, { modified: object, schema: deployment }), {});
});

test("applyStrategicMergePatch() finds the items of very long lists, deletes all of a key, and merges into new ones", () => {
  const named = (count: number, more: object = {}) =>
    Array.from({ length: count }, (_, at) => ({ name: `c${at}`, ...more }));
  const { containers } = patched({ containers: named(30_000) }, { containers: named(30_000, { image: "i" }) });
  assert.deepEqual(containers, named(30_000, { image: "i" }));
  const twice = { containers: [{ name: "a" }, { name: "b" }, { name: "a" }] };
  const again = [
    { name: "a", $patch: "delete" },
    { name: "a", image: "1" },
    { name: "a", tty: true },
  ];
  assert.deepEqual(patched(twice, { containers: again }).containers, [
    { name: "b" },
    { name: "a", image: "1", tty: true },
  ]);
});
