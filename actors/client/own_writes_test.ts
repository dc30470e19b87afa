import { assert, test } from "../../properties/house/test.ts";
import { replicaSet } from "../api/kinds/replica_set.ts";
import { createOwnWrites, type Mirror } from "./own_writes.ts";

function mirror(plural: string) {
  const box = {
    at: "",
    isKept: true,
    kind: { group: "apps", plural },
    version: () => box.at,
    synced: () => box.isKept,
  };
  return box;
}

function among(...mirrors: readonly Mirror[]) {
  return ({ plural }: Mirror["kind"]) => mirrors.find(({ kind }) => kind.plural === plural);
}

test("createOwnWrites() lets a key go on once every mirror shows what was written for it", () => {
  const [sets, deployments] = [mirror("replicasets"), mirror("deployments")];
  const writes = createOwnWrites(among(sets, deployments));
  writes.wrote("a", { kind: sets.kind, version: "12" }, 0);
  writes.wrote("a", { kind: sets.kind, version: "9" }, 0);
  writes.wrote("a", { kind: deployments.kind, version: "10" }, 0);
  writes.wait("a");
  sets.at = "11";
  deployments.at = "10";
  assert.equal(writes.seen("a", 1), false, "12 is not shown by 11");
  assert.deepEqual(writes.takeReady(1), []);
  sets.at = "12";
  assert.deepEqual(writes.takeReady(2), ["a"]);
  assert.deepEqual(writes.takeReady(3), [], "a key is named once");
  assert.equal(writes.seen("b", 3), true, "nothing was written for b");
});

test("createOwnWrites() waits for no kind that is not mirrored, and for none for ever", () => {
  const sets = mirror("replicasets");
  const writes = createOwnWrites(among(sets));
  writes.wrote("a", { kind: { group: "", plural: "pods" }, version: "5" }, 0);
  assert.equal(writes.seen("a", 0), true);
  writes.wrote("a", { kind: sets.kind, version: "5" }, 0);
  assert.equal(writes.seen("a", 299_999), false);
  assert.equal(writes.seen("a", 300_000), true);
});

test("createOwnWrites() does not wait for a mirror that was given up", () => {
  const sets = mirror("replicasets");
  const writes = createOwnWrites(among(sets));
  writes.wrote("a", { kind: sets.kind, version: "5" }, 0);
  assert.equal(writes.seen("a", 1), false);
  sets.isKept = false;
  assert.equal(writes.seen("a", 2), true);
});

test("createOwnWrites() forgets a key that is gone", () => {
  const sets = mirror("replicasets");
  const writes = createOwnWrites(among(sets));
  writes.wrote("a", { kind: sets.kind, version: "5" }, 0);
  writes.forget("a");
  assert.equal(writes.seen("a", 1), true);
});

test("createOwnWrites() names what has to be looked at until all of it is known", () => {
  const sets = mirror("replicasets");
  const writes = createOwnWrites(among(sets));
  const kind = replicaSet;
  writes.doubt("a", { kind, namespace: "default", name: "one" });
  writes.doubt("a", { kind, namespace: "default", name: "two" });
  writes.doubt("a", { kind, namespace: "default", name: "one" });
  assert.equal(writes.doubtful("a")?.name, "two");
  writes.resolve("a", "two");
  assert.equal(writes.doubtful("a")?.name, "one");
  writes.resolve("a", "one");
  assert.equal(writes.doubtful("a"), undefined);
  writes.doubt("a", { kind, namespace: "default", name: "three" });
  writes.forget("a");
  assert.equal(writes.doubtful("a"), undefined);
});
