import { assert, test } from "../../properties/house/test.ts";
import { readJson } from "./json_text.ts";

/** Source: `scanner.go` of Go's `encoding/json`. */
const end = "unexpected end of JSON input";
const told: Readonly<Record<string, string>> = {
  "": end,
  " \n": end,
  '{"a': end,
  '{"a"': end,
  '{"a":1': end,
  "[1,": end,
  "-": end,
  tru: end,
  '"\\u00': end,
  "{a:1}": "invalid character 'a' looking for beginning of object key string",
  '{"a":1,}': "invalid character '}' looking for beginning of object key string",
  '{"a" 1}': "invalid character '1' after object key",
  '{"a":1 "b":2}': "invalid character '\"' after object key:value pair",
  "{'a':1}": "invalid character '\\'' looking for beginning of object key string",
  "[1 2]": "invalid character '2' after array element",
  "[1,]": "invalid character ']' looking for beginning of value",
  '{"a":}': "invalid character '}' looking for beginning of value",
  "{} x": "invalid character 'x' after top-level value",
  "apiVersion: v1": "invalid character 'a' looking for beginning of value",
  nul: end,
  nulx: "invalid character 'x' in literal null (expecting 'l')",
  "-a": "invalid character 'a' in numeric literal",
  "01": "invalid character '1' after top-level value",
  "1.x": "invalid character 'x' after decimal point in numeric literal",
  "[1e+]": "invalid character ']' in exponent of numeric literal",
  "1.": end,
  '"a\nb"': "invalid character '\\n' in string literal",
  '"\x7f\u0085\u2028\x01"': "invalid character '\\x01' in string literal",
  '"\\x"': "invalid character 'x' in string escape code",
  '"\\u00g0"': "invalid character 'g' in \\u hexadecimal character escape",
  é: "invalid character 'Ã' looking for beginning of value",
  "\\": "invalid character '\\\\' looking for beginning of value",
};

test("readJson() says what is wrong with a text in the words of Go", () => {
  for (const [text, why] of Object.entries(told)) assert.deepEqual(readJson(text), { ok: false, failure: why }, text);
  assert.deepEqual(readJson('{"a":[1.5e3,"\\u00e9",null]}'), { ok: true, value: { a: [1500, "é", null] } });
});
