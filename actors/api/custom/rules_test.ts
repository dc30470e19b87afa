import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "../cel/check.ts";
import { evaluate } from "../cel/evaluate.ts";
import { isFound, regularExpression } from "../cel/regular.ts";
import { tooCostly, type Value } from "../cel/values.ts";
import type { FieldError } from "../field_error.ts";
import type { JsonSchema, Rule } from "./json_schema.ts";
import { ruleErrors } from "./rules.ts";

const integer: JsonSchema = { type: "integer" };
const string: JsonSchema = { type: "string" };

function schemaWith(...rules: readonly Rule[]): JsonSchema {
  const names: JsonSchema = { type: "array", items: string, "x-kubernetes-list-type": "set" };
  const properties = {
    min: integer,
    max: integer,
    zone: string,
    names,
    "a-b": integer,
    when: { ...string, format: "date-time" },
  };
  return { type: "object", properties, "x-kubernetes-validations": rules };
}

const details = (errors: readonly FieldError[]): string[] => errors.map(({ detail }) => detail);
const judged = (rule: string, value: object, old?: object): string[] =>
  details(ruleErrors(schemaWith({ rule, message: "broken" }), value, old));

test("ruleErrors() says a rule's message, reason and field when it does not hold", () => {
  const rule = { rule: "self.min <= self.max", message: "min is above max" };
  assert.deepEqual(ruleErrors(schemaWith(rule), { min: 1, max: 2 }), []);
  assert.deepEqual(ruleErrors(schemaWith(rule), { min: 3, max: 2 }), [
    { type: "FieldValueInvalid", field: "<nil>", value: "object", detail: "min is above max" },
  ]);
  const told = {
    rule: "self.min < 5",
    messageExpression: "'min is ' + string(self.min)",
    reason: "FieldValueForbidden",
    fieldPath: ".min",
  };
  assert.deepEqual(ruleErrors(schemaWith(told), { min: 7 }), [
    { type: "FieldValueForbidden", field: "min", detail: "min is 7" },
  ]);
  assert.deepEqual(details(ruleErrors(schemaWith({ rule: "self.min < 5" }), { min: 7 })), [
    "failed rule: self.min < 5",
  ]);
});

test("ruleErrors() judges a transition only where there was something, unless that is optional", () => {
  assert.deepEqual(judged("self.zone == oldSelf.zone", { zone: "a" }), []);
  assert.deepEqual(judged("self.zone == oldSelf.zone", { zone: "a" }, { zone: "b" }), ["broken"]);
  const optional = schemaWith({
    rule: "oldSelf.hasValue() || self.min == 0",
    message: "broken",
    optionalOldSelf: true,
  });
  assert.deepEqual(details(ruleErrors(optional, { min: 1 })), ["broken"]);
  assert.deepEqual(ruleErrors(optional, { min: 1 }, { min: 3 }), []);
});

test("ruleErrors() finds what an item was by its keys, and lets what is as it was be", () => {
  const items: JsonSchema = {
    type: "object",
    properties: { name: string, size: integer },
    "x-kubernetes-validations": [{ rule: "self.size >= oldSelf.size", message: "shrank" }],
  };
  const list: JsonSchema = {
    type: "array",
    items,
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["name"],
  };
  const schema: JsonSchema = { type: "object", properties: { list } };
  const old = {
    list: [
      { name: "a", size: 1 },
      { name: "b", size: 5 },
    ],
  };
  const errors = ruleErrors(
    schema,
    {
      list: [
        { name: "b", size: 4 },
        { name: "a", size: 1 },
      ],
    },
    old,
  );
  assert.deepEqual(errors, [{ type: "FieldValueInvalid", field: "list[0]", value: "object", detail: "shrank" }]);
  assert.deepEqual(judged("self.min > 5", { min: 1 }, { min: 1 }), []);
});

const truths: readonly string[] = [
  "self.a__dash__b == 1",
  "self.names == ['y', 'x']",
  "self.names.all(n, n.matches('^[xy]$')) && self.names.exists_one(n, n == 'x')",
  "self.names.map(n, n + '!') == ['x!', 'y!']",
  "self.names.filter(n, n != 'x').size() == 1",
  "has(self.min) && !has(self.max)",
  "self.?max.orValue(9) == 9",
  "1 / 0 == 1 || true",
  "self.when < timestamp('2031-01-01T00:00:00Z') && duration('1h') > duration('59m')",
  "quantity('1Gi').isGreaterThan(quantity('1G'))",
  "sets.contains(self.names, ['x']) && 'x' in self.names",
  "'a,b'.split(',').join('-').replace('-', '+') == 'a+b'",
  "[1, 2, 3].sum() == 6 && [1, 3, 2].max() == 3 && ![2, 1].isSorted()",
  "cel.bind(n, self.min, n + n == 2 * n)",
  "{'k': 1}['k'] == 1 && -1 < 0 && 7 % 4 == 3",
  "self.names.all(i, n, i < 2 && n != '')",
];

for (const rule of truths) {
  test(`ruleErrors() takes ${rule} for true`, () => {
    const read = judged(rule, { min: 1, names: ["x", "y"], "a-b": 1, when: "2030-01-01T00:00:00Z" });
    assert.deepEqual(read, []);
  });
}

test("ruleErrors() says in Kubernetes' words why a rule could not be evaluated", () => {
  assert.deepEqual(judged("self.max > 1", { min: 1 }), ["no such key: max evaluating rule: broken"]);
  assert.deepEqual(judged("self.min / 0 == 1", { min: 1 }), ["division by zero evaluating rule: broken"]);
});

test("compile() refuses what is not there in Kubernetes' words when a rule names it", () => {
  const wrong = (rule: string) => {
    const read = compile(rule, new Map([["self", schemaWith()]]));
    return read.ok ? "" : read.failure;
  };
  assert.equal(wrong("self.mix > 1"), "ERROR: <input>:1:5: undefined field 'mix'\n | self.mix > 1\n | ....^");
  assert.match(wrong("selv.min > 1"), /undeclared reference to 'selv' \(in container ''\)/);
  assert.match(wrong("self.min >"), /Syntax error: mismatched input '<EOF>'/);
  assert.match(wrong(`${"(".repeat(9_999)}1`), /recursion limit/);
  assert.match(wrong(`${"!".repeat(9_999)}true`), /Syntax error/);
});

test("evaluate() ends when it has cost all that it may", () => {
  const list = Array.from({ length: 1_000 }, () => 1n);
  const read = compile("self.all(a, self.all(b, self.all(c, a == b && b == c)))", new Map([["self", undefined]]));
  assert.ok(read.ok);
  const budget = { left: 1_000_000 };
  const value = evaluate(read.value.expression, new Map([["self", list]]), budget);
  assert.deepEqual(value, { tag: "error", text: "operation cancelled: actual cost limit exceeded", fatal: true });
  const doubling = "['aaaaaaaa'].map(a, a+a+a+a+a+a+a+a).map(a, a+a+a+a+a+a+a+a)".concat(
    ".map(a, a+a+a+a+a+a+a+a)".repeat(9),
    ".size() == 1",
  );
  const errors = ruleErrors(schemaWith({ rule: doubling }), { min: 1 });
  assert.match(errors[0]?.detail ?? "", /cost exceeds limit/);
});

test("evaluate() makes no text and compares no lists that are longer than what may be paid for", () => {
  const long = "a".repeat(100_000);
  const list = Array.from({ length: 100_000 }, (_each, index) => BigInt(index));
  for (const rule of [
    "self.replace('', self).size() > 0",
    "[1, 2, 3, 4].map(i, self).map(s, [s, s, s, s].join(s)).join(self).replace('a', self) == ''",
    "sets.equivalent(list, list)",
  ]) {
    const read = compile(
      rule,
      new Map([
        ["self", undefined],
        ["list", undefined],
      ]),
    );
    assert.ok(read.ok);
    const value = evaluate(
      read.value.expression,
      new Map<string, Value>([
        ["self", long],
        ["list", list],
      ]),
      { left: 1_000_000 },
    );
    assert.deepEqual(value, tooCostly);
  }
});

test("regularExpression() remembers a pattern of any length: it is not compiled anew for each value", () => {
  const long = "a".repeat(300_000);
  for (const text of ["short", "b".repeat(8_000), long]) {
    assert.equal(regularExpression(text), regularExpression(text));
  }
});

test("isFound() is as fast for a hostile pattern as for another", () => {
  assert.equal(isFound("^(a+)+$", `${"a".repeat(5_000)}!`), false);
  assert.equal(isFound("(?P<year>\\d{4})-\\z", "2026-"), true);
  assert.equal(isFound("(?=a)", "a"), undefined);
});
