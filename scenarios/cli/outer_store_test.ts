import { assert, test } from "../../properties/house/test.ts";
import { outerStore } from "./outer_store.ts";

test("outerStore() reads where an etcd is, and says what it wants when it cannot", () => {
  assert.deepEqual(outerStore("etcd://127.0.0.1:2379"), { host: "127.0.0.1", port: 2379 });
  assert.deepEqual(outerStore("etcd://etcd.example.com:1/"), { host: "etcd.example.com", port: 1 });
  assert.deepEqual(outerStore("etcd://[::1]:2379"), { host: "[::1]", port: 2379 });
  for (const text of [
    "",
    "etcd://host",
    "https://host:2379",
    "etcd://host:0",
    "etcd://host:65536",
    "etcd://a@b:1",
    "etcd://a:1/x",
  ]) {
    assert.throws(
      () => outerStore(text),
      /Cannot use ".*" as the store: .*give one such as etcd:\/\/127\.0\.0\.1:2379/,
    );
  }
});
