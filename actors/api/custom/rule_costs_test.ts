import { assert, test } from "../../../properties/house/test.ts";
import { fieldErrorText } from "../field_error.ts";
import type { JsonSchema } from "./json_schema.ts";
import { ruleCostErrors } from "./rule_costs.ts";

const advice =
  "(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)";
const errorsOf = (schema: JsonSchema) => ruleCostErrors(schema, "schema").map(fieldErrorText);
const rules = (rule: string) => ({ "x-kubernetes-validations": [{ rule }] });

test("ruleCostErrors() refuses rules that go over lists without an end, in each other", () => {
  const x: JsonSchema = { type: "array", items: { type: "string" } };
  const nested = "self.x.all(a, self.x.all(b, a == b))";
  const at = "schema.x-kubernetes-validations[0].rule";
  const budget = `exceeds budget by factor of more than 100x ${advice}`;
  assert.deepEqual(errorsOf({ type: "object", properties: { x }, ...rules(nested) }), [
    `${at}: Forbidden: estimated rule cost ${budget}`,
    `${at}: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema`,
    `schema: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema ${budget}`,
  ]);
  const bounded = { ...x, maxItems: 10, items: { type: "string", maxLength: 20 } };
  assert.deepEqual(errorsOf({ type: "object", properties: { x: bounded }, ...rules(nested) }), []);
});

test("ruleCostErrors() counts how often there can be a value", () => {
  const item: JsonSchema = {
    type: "string",
    maxLength: 1_000,
    ...rules("self.contains('a') && self.matches('^[a-z]+$')"),
  };
  const list = (more: object): JsonSchema => ({ type: "array", items: item, ...more });
  assert.deepEqual(errorsOf(list({ maxItems: 100 })), []);
  const [first = ""] = errorsOf(list({}));
  assert.match(
    first,
    /^schema\.items\.x-kubernetes-validations\[0\]\.rule: Forbidden: estimated rule cost exceeds budget by factor of/,
  );
});

test("ruleCostErrors() lets usual rules be", () => {
  const schema: JsonSchema = {
    type: "object",
    properties: {
      replicas: { type: "integer" },
      name: { type: "string" },
      ports: { type: "array", maxItems: 64, items: { type: "object", properties: { port: { type: "integer" } } } },
    },
    "x-kubernetes-validations": [
      { rule: "self.replicas <= 10" },
      { rule: "self.name.startsWith('a') || self.name == oldSelf.name" },
      { rule: "self.ports.all(p, self.ports.exists_one(q, p.port == q.port))" },
    ],
  };
  assert.deepEqual(errorsOf(schema), []);
});
