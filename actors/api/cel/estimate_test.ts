import { assert, test } from "../../../properties/house/test.ts";
import type { JsonSchema } from "../custom/json_schema.ts";
import { costMaxOf } from "./estimate.ts";
import { readExpression } from "./syntax.ts";

type Limited = (most: number | undefined) => JsonSchema;

/** A type by its name in the table: formats are texts, and one may be a number or a text. */
function typed(name: string): JsonSchema {
  if (name === "int-or-string") return { "x-kubernetes-int-or-string": true };
  if (["date", "date-time", "duration"].includes(name)) return { type: "string", format: name };
  return { type: name as "string" };
}
const limit = <Name extends string>(name: Name, most: number | undefined) =>
  (most === undefined ? {} : { [name]: most }) as { [name in Name]?: number };

const texts: Limited = (most) => ({ type: "string", ...limit("maxLength", most) });
const listOf =
  (items: JsonSchema): Limited =>
  (most) => ({ type: "array", items, ...limit("maxItems", most) });
const mapOf =
  (additionalProperties: JsonSchema): Limited =>
  (most) => ({ type: "object", additionalProperties, ...limit("maxProperties", most) });
const list = (name: string) => listOf(typed(name));
const map = (name: string) => mapOf(typed(name));
const fields: JsonSchema = {
  type: "object",
  required: ["required"],
  properties: { required: typed("string"), optional: typed("string") },
};
const limitedTexts: Limited = (most) => listOf(texts(most))(most);
const two = (a: string, b: string): Limited => {
  return (most) => ({ type: "object", properties: { [a]: texts(most), [b]: texts(most) } });
};

/** Kubernetes' own figures: of a rule on values without a limit, and on such with one. */
const table: readonly (readonly [schema: Limited, rule: string, free: number, most: number, limited: number])[] = [
  [list("number"), "self.all(x, true)", 4_718_591, 10, 32],
  [list("string"), "self.all(x, true)", 3_145_727, 20, 62],
  [list("boolean"), "self.all(x, true)", 1_887_437, 5, 17],
  [listOf(list("number")(undefined)), "self.all(x, true)", 3_145_727, 100, 302],
  [listOf(fields), "self.all(x, true)", 555_128, 50, 152],
  [map("number"), "self.all(x, true)", 1_348_169, 10, 32],
  [map("string"), "self.all(x, true)", 1_179_647, 3, 11],
  [map("boolean"), "self.all(x, true)", 943_718, 100, 302],
  [texts, "self.contains('test')", 314_574, 10, 5],
  [texts, "self.startsWith('test')", 2, 15, 2],
  [texts, "self.endsWith('test')", 2, 30, 2],
  [texts, "size(self + 'hello') > size('hello')", 314_578, 4, 7],
  [list("number"), "self[1] == 0.0", 2, 5_000, 2],
  [list("string"), "self[1] == self[1]", 314_577, 8, 314_577],
  [list("number"), "self.all(x, self.all(y, true))", Number.NaN, 10, 352],
  [list("number"), "self.all(x, self.all(y, self.all(z, true)))", Number.NaN, 10, 3_552],
  [texts, "self.matches('x')", 314_574, 50, 22],
  [texts, "''.matches('(((((((((())))))))))[0-9]')", 7, 10, 7],
  [texts, "self.matches('')", 1, 100, 1],
  [(most) => mapOf(texts(most))(most), "self.all(x, x.contains(self[x]))", 2_752_507, 10, 72],
  [map("number"), "self['x'] == 0.0", 2, 0, 2],
  [texts, "self == 'x'", 2, 0, 1],
  [list("number"), "self.all(x, x == 0.0)", 6_291_454, 3 * 1024 * 2_048, 25_165_826],
  [listOf(mapOf(fields)(undefined)), "self.all(x, x['y'].required == 'z')", 7_340_027, 10, 72],
  [list("int-or-string"), "self.all(x, true)", 4_718_591, 10, 32],
  [list("int-or-string"), "self[0] == 5", 3, 10, 3],
  [list("boolean"), "self[0] == false", 2, 25, 2],
  [listOf(fields), "self[0] == null", 2, 422, 2],
  [listOf(list("number")(undefined)), "self[0][0] == -1.0", 3, 51, 3],
  [listOf(map("number")(undefined)), "self.all(x, x.y == 25.2)", 6_291_452, 12, 74],
  [listOf(map("number")(undefined)), "self[0].x > 2.0", 4, 3_000, 4],
  [list("duration"), "self.all(x, true)", 2_359_295, 5, 17],
  [list("duration"), "self[0].getHours() == 2", 4, 525, 4],
  [list("date"), "self.all(x, true)", 725_936, 15, 47],
  [list("date-time"), "self.all(x, true)", 428_963, 25, 77],
  [list("date-time"), "self[2].getMinutes() == 45", 4, 99, 4],
  [map("int-or-string"), "self.all(x, true)", 1_348_169, 15, 47],
  [mapOf(fields), "self.all(x, true)", 428_963, 20, 62],
  [mapOf(map("number")(undefined)), "self.all(x, true)", 1_179_647, 10, 32],
  [mapOf(list("number")(undefined)), "self.all(x, true)", 1_179_647, 25, 77],
  [map("duration"), "self.all(x, true)", 1_048_577, 5, 17],
  [map("date"), "self.all(x, true)", 524_288, 10, 32],
  [map("date-time"), "self.all(x, true)", 349_526, 25, 77],
  [texts, "self.find('[0-9]+') == ''", 629_147, 10, 11],
  [limitedTexts, "self.join(' ') == 'aa bb'", 329_853_068_905, 10, 43],
  [limitedTexts, "self.isSorted() == true", 329_854_432_052, 10, 52],
  [two("str", "separator"), "self.str.split(self.separator) == []", 629_160, 10, 22],
  [texts, "self.lowerAscii() == 'lower!'", 314_575, 10, 6],
  [map("integer"), "oldSelf.size() == self.size()", 5, 10, 5],
  [map("date-time"), "self['a'] == self['b']", 8, 7, 8],
  [map("duration"), "self['c'] == self['d']", 8, 42, 8],
  [(most) => ({ ...texts(most), enum: ["A", "B", "C", "LongValue"] }), "self.contains('A')", 2, 1_000, 401],
];

test("costMaxOf() tells what Kubernetes tells, of values without a limit and of such with one", () => {
  for (const [schemaOf, rule, free, most, limited] of table) {
    const read = readExpression(rule);
    assert.ok(read.ok, rule);
    const cost = (schema: JsonSchema) =>
      costMaxOf(
        read.value,
        new Map([
          ["self", schema],
          ["oldSelf", schema],
        ]),
      );
    if (!Number.isNaN(free))
      assert.equal(cost(schemaOf(undefined)), free, `${rule} of ${JSON.stringify(schemaOf(undefined))}`);
    else assert.ok(cost(schemaOf(undefined)) > 10_000_000, rule);
    assert.equal(cost(schemaOf(most)), limited, `${rule} of ${JSON.stringify(schemaOf(most))}`);
  }
});

test("costMaxOf() counts the result of a replacement at its longest", () => {
  const schema: JsonSchema = {
    type: "object",
    properties: { str: texts(4), before: texts(2), after: texts(4) },
  };
  const read = readExpression("self.str.replace(self.before, self.after) == 'does not matter'");
  assert.ok(read.ok);
  assert.equal(costMaxOf(read.value, new Map([["self", schema]])), 12);
});
