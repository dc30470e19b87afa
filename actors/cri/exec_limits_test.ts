import { assert, test } from "../../properties/house/test.ts";
import { isArgumentListTooLong } from "./exec_limits.ts";

const isTooLong = (config: Partial<Parameters<typeof isArgumentListTooLong>[0]>) =>
  isArgumentListTooLong({ command: [], args: [], env: {}, ...config });

test("isArgumentListTooLong() bounds each word and each variable with its name", () => {
  assert.equal(isTooLong({ args: ["x".repeat(131_071)] }), false);
  assert.equal(isTooLong({ args: ["x".repeat(131_072)] }), true);
  assert.equal(isTooLong({ command: ["x".repeat(131_072)] }), true);
  assert.equal(isTooLong({ env: { NAME: "x".repeat(131_066) } }), false);
  assert.equal(isTooLong({ env: { NAME: "x".repeat(131_067) } }), true);
});

test("isArgumentListTooLong() counts bytes, not characters", () => {
  assert.equal(isTooLong({ args: ["€".repeat(43_690)] }), false);
  assert.equal(isTooLong({ args: ["€".repeat(43_691)] }), true);
});

test("isArgumentListTooLong() bounds all of them together, each with its pointer", () => {
  const words = (count: number) => Array<string>(count).fill("x".repeat(9_991));
  assert.equal(isTooLong({ args: words(209) }), false);
  assert.equal(isTooLong({ args: words(210) }), true);
  const env = Object.fromEntries(words(110).map((value, at) => [`V${at}`, value]));
  assert.equal(isTooLong({ args: words(100), env }), true);
});
