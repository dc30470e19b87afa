import { assert, fc, property, test } from "../../properties/house/test.ts";
import type { Frozen, KubeObject } from "../api/types.ts";
import { byController, byNamespace, byOwner, createObjectStore } from "./object_store.ts";

function objectNamed(name: string, namespace: string, owners: readonly string[] = []): Frozen<KubeObject> {
  const ownerReferences = owners.map((uid, index) => ({
    apiVersion: "v1",
    kind: "X",
    name: uid,
    uid,
    controller: index === 0,
  }));
  return { apiVersion: "v1", kind: "X", metadata: { name, namespace, ownerReferences } };
}

test("createObjectStore() refuses an index that there is not, and names those that there are", () => {
  const store = createObjectStore({ namespace: byNamespace });
  assert.throws(() => store.by("node", "a"), /Reading index "node": there is no such index, name one of: namespace/);
});

const names = fc.constantFrom("a", "b", "c");
const spaces = fc.constantFrom("x", "y");
const change = fc.record({
  name: names,
  space: spaces,
  owners: fc.uniqueArray(names, { maxLength: 3 }),
  removed: fc.boolean(),
});

property(
  "createObjectStore() finds by each index exactly what a search through all objects finds",
  [fc.array(change, { maxLength: 30 })],
  (changes) => {
    const indexes = { namespace: byNamespace, owner: byOwner, controller: byController };
    const store = createObjectStore(indexes);
    const model = new Map<string, Frozen<KubeObject>>();
    for (const { name, space, owners, removed } of changes) {
      const object = objectNamed(name, space, owners);
      const key = `${space}/${name}`;
      if (removed) {
        assert.equal(store.delete(key), model.get(key));
        model.delete(key);
      } else {
        assert.equal(store.set(object), model.get(key));
        model.set(key, object);
      }
    }
    assert.deepEqual([...store.values()], [...model.values()]);
    for (const [index, valuesOf] of Object.entries(indexes)) {
      for (const value of ["a", "b", "c", "x", "y"]) {
        const wanted = [...model.values()].filter((object) => valuesOf(object).includes(value));
        assert.deepEqual(new Set(store.by(index, value)), new Set(wanted));
      }
    }
  },
);
