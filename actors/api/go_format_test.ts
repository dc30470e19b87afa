import { assert, test } from "../../properties/house/test.ts";
import { goFormat } from "./go_format.ts";

test("goFormat() prints maps by sorted keys, lists with spaces, and nil in angle brackets", () => {
  const value = { spec: { replicas: "x", paused: null }, metadata: { finalizers: ["a", "b"] } };
  assert.equal(goFormat(value), "map[metadata:map[finalizers:[a b]] spec:map[paused:<nil> replicas:x]]");
});
