import { assert, test } from "../../properties/house/test.ts";
import { present } from "./present.ts";

test("present() leaves out what is undefined, and nothing else", () => {
  const maybe: { readonly limit: number | undefined; readonly name: string } = { limit: undefined, name: "" };
  const kept: { readonly limit?: number; readonly name: string } = present(maybe);
  assert.deepEqual(Object.entries(kept), [["name", ""]]);
  assert.deepEqual(present({ a: 0, b: false, c: null, d: undefined }), { a: 0, b: false, c: null });
});
