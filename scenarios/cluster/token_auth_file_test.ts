import { assert, test } from "../../properties/house/test.ts";
import { InputError } from "./input_error.ts";
import { readTokenAuthFile, tokensOf } from "./token_auth_file.ts";

test("tokensOf() reads lines of tokens, names, uids and groups, as kube-apiserver does", () => {
  const lines = ["abc,jane,7\r", 'def,joe,8,"dev,ops"', "", '"g,h",""" jim",,one', ",nobody,9", ""];
  const text = lines.join("\n");
  assert.deepEqual(tokensOf(text, "tokens.csv"), {
    abc: { name: "jane", groups: ["system:authenticated"], uid: "7" },
    def: { name: "joe", groups: ["dev", "ops", "system:authenticated"], uid: "8" },
    "g,h": { name: '" jim', groups: ["one", "system:authenticated"] },
  });
  assert.deepEqual(tokensOf("", "tokens.csv"), {});
});

test("tokensOf() says what is wrong with a file, and shows no token", () => {
  for (const [text, why] of [
    ["secret,jane", /at least 3 columns .* found 2, see "the line of jane"/],
    ['a,b,c\nsecret,"jane,7', /line 2 has a stray quote/],
    ['secret,"jane"x,7', /line 1 has a stray quote/],
  ] as const) {
    assert.throws(
      () => tokensOf(text, "tokens.csv"),
      (error) => error instanceof InputError && why.test(error.message) && !error.message.includes("secret"),
      text,
    );
  }
  assert.throws(
    () => readTokenAuthFile("/nowhere/tokens.csv"),
    /Cannot read tokens from "\/nowhere\/tokens.csv": ENOENT/,
  );
});
