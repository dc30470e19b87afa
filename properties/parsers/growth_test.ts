import { assert, test } from "../house/test.ts";
import { growthError } from "./growth.ts";

const letters = (size: number) => "a".repeat(size);

test("growthError() takes linear work, and what is too quick to be measured", () => {
  let sum = 0;
  const linear = (text: string) => {
    for (let turn = 0; turn < 50; turn++) for (let at = 0; at < text.length; at++) sum += text.charCodeAt(at);
  };
  assert.equal(growthError({ make: letters, run: linear }), undefined);
  assert.equal(growthError({ make: letters, run: () => {} }), undefined);
  assert.ok(sum > 0);
});

test("growthError() finds quadratic work", () => {
  let found = 0;
  const quadratic = (text: string) => {
    for (let at = 0; at < text.length; at++) if (text.includes("b", text.length - at)) found++;
    for (let at = 0; at < text.length; at += 10)
      for (let to = at; to < text.length; to++) found += text.charCodeAt(to) & 1;
  };
  assert.match(growthError({ make: letters, run: quadratic }) ?? "", /characters took .* ms, 8 times as many/);
  assert.ok(found > 0);
});
