import { assert, fc, property, test } from "../../properties/house/test.ts";
import { growthError } from "../../properties/parsers/growth.ts";
import { failed, ok } from "../kit/result.ts";
import type { LabelOperator, Requirement } from "./label_requirement.ts";
import type { Selector } from "./label_selector.ts";
import {
  everything,
  formatLabelSelector,
  formatSelector,
  matchesLabelSelector,
  matchesLabels,
  nothing,
  parseLabelSelector,
  toSelector,
} from "./label_selector.ts";

function parsed(text: string): Selector {
  const selector = parseLabelSelector(text);
  return selector.ok ? selector.value : assert.fail(`${text}: ${selector.failure}`);
}

test("parseLabelSelector() reads every operator", () => {
  const selector = parsed("a=1, b==2,c!=3,d in (x,y) ,e notin (z),f,!g,h>4,i<5,in in (in)");
  const text = "a=1,b==2,c!=3,d in (x,y),e notin (z),f,!g,h>4,i<5,in in (in)";
  assert.equal(formatSelector(selector), text);
  assert.equal(parsed("").requirements.length, 0);
  assert.deepEqual(parsed("a=").requirements, [{ key: "a", operator: "=", values: [""] }]);
});

test("parseLabelSelector() refuses what it does not understand, as a real server does", () => {
  const examples: Record<string, string> = {
    "a=b,": "found '', expected: identifier after ','",
    "a b": "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
    ",a": "found ',', expected: !, identifier, or 'end of string'",
    "a in x": "unable to parse requirement: found 'x' expected: '('",
    "a=b c": "found 'c', expected: ',' or 'end of string'",
    "a in ()":
      "unable to parse requirement: values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty",
    "a>b":
      "unable to parse requirement: values: Invalid value: [\"b\"]: for 'Gt', 'Lt' operators, the value must be an integer",
  };
  for (const [text, error] of Object.entries(examples)) assert.deepEqual(parseLabelSelector(text), failed(error), text);
  const badKey = parseLabelSelector("-a=b");
  assert.ok(!badKey.ok);
  assert.match(badKey.failure, /^unable to parse requirement: <nil>: Invalid value: "-a": name part must consist of/);
});

test("matchesLabels() treats an absent label as each operator does", () => {
  const cases: [string, Record<string, string>, boolean][] = [
    ["a=1", {}, false],
    ["a!=1", {}, true],
    ["a notin (1)", {}, true],
    ["a in (1)", {}, false],
    ["!a", {}, true],
    ["a", { a: "" }, true],
    ["a>5", { a: "10" }, true],
    ["a>5", { a: "x" }, false],
    ["a<5", {}, false],
  ];
  for (const [text, labels, result] of cases) assert.equal(matchesLabels(parsed(text), labels), result, text);
});

test("toSelector() selects nothing without a selector, and everything with an empty one", () => {
  assert.deepEqual(toSelector(undefined), ok(nothing));
  assert.deepEqual(toSelector({}), ok(everything));
  assert.equal(matchesLabelSelector(undefined, {}), false);
  assert.equal(matchesLabelSelector({}, undefined), true);
  const near = toSelector({ matchExpressions: [{ key: "a", operator: "Near" }] });
  assert.deepEqual(near, failed('"Near" is not a valid label selector operator'));
});

test("formatLabelSelector() writes what a Scale shows", () => {
  const matchExpressions = [{ key: "t", operator: "NotIn", values: ["y", "x"] }];
  assert.equal(formatLabelSelector({ matchLabels: { b: "2", a: "1" }, matchExpressions }), "a=1,b=2,t notin (x,y)");
});

const key = fc.constantFrom("a", "b", "app", "example.com/tier", "in", "notin");
const value = fc.constantFrom("x", "y", "z", "in", "1", "2");
const one = fc.tuple(key, fc.constantFrom<LabelOperator>("=", "==", "!="), value);
const several = fc.tuple(key, fc.constantFrom<LabelOperator>("in", "notin"), fc.uniqueArray(value, { minLength: 1 }));
const requirement: fc.Arbitrary<Requirement> = fc.oneof(
  one.map(([name, operator, text]) => ({ key: name, operator, values: [text] })),
  several.map(([name, operator, texts]) => ({ key: name, operator, values: texts.sort() })),
  fc
    .tuple(key, fc.constantFrom<LabelOperator>("exists", "!"))
    .map(([name, operator]) => ({ key: name, operator, values: [] })),
  fc
    .tuple(key, fc.constantFrom<LabelOperator>("gt", "lt"))
    .map(([name, operator]) => ({ key: name, operator, values: ["1"] })),
);
const selector = fc
  .array(requirement, { maxLength: 4 })
  .map((requirements): Selector => ({ nothing: false, requirements }));
const labels = fc.dictionary(key, value);

property("the text of a selector parses to one that matches the same", [selector, labels], (made, subject) => {
  const again = parsed(formatSelector(made));
  assert.equal(matchesLabels(again, subject), matchesLabels(made, subject));
  assert.equal(formatSelector(parsed(formatSelector(again))), formatSelector(again));
});

property("a selector matches what each of its requirements matches", [selector, labels], (made, subject) => {
  const each = made.requirements.every((one) => matchesLabels({ nothing: false, requirements: [one] }, subject));
  assert.equal(matchesLabels(made, subject), each);
});

property(
  "parseLabelSelector() fails on no text",
  [fc.string({ unit: fc.constantFrom(..."ab=!(),<> inot") })],
  (text) => {
    const result = parseLabelSelector(text);
    if (!result.ok) assert.notEqual(result.failure, "");
    else assert.ok(parseLabelSelector(formatSelector(result.value)).ok);
  },
);

test("matchesLabels() finds no label that the object itself does not have", () => {
  const selector = parsed("constructor");
  assert.equal(matchesLabels(selector, {}), false);
  assert.equal(matchesLabels(selector, { constructor: "a" }), true);
  const operator = "constructor" as "In";
  assert.ok(!toSelector({ matchExpressions: [{ key: "a", operator }] }).ok);
});

test("matchesLabels() finds a value among very many", () => {
  const values = Array.from({ length: 50_000 }, (_, at) => `v${at}`);
  const within = toSelector({ matchExpressions: [{ key: "a", operator: "In", values }] });
  const without = toSelector({ matchExpressions: [{ key: "a", operator: "NotIn", values }] });
  assert.ok(within.ok && without.ok);
  for (let at = 0; at < 50_000; at++) assert.ok(matchesLabels(within.value, { a: `v${at}` }));
  assert.equal(matchesLabels(within.value, { a: "w" }), false);
  assert.equal(matchesLabels(without.value, { a: "v7" }), false);
  assert.equal(matchesLabels(without.value, { a: "w" }), true);
});

test("matchesLabels() asks for one of many values in time that does not grow with them", () => {
  const make = (size: number) => {
    const values = Array.from({ length: size }, (_none, index) => `v${index}`);
    const selector = toSelector({ matchExpressions: [{ key: "k", operator: "In", values }] });
    assert.ok(selector.ok);
    return { selector: selector.value, objects: values.map((each) => ({ k: `${each}x` })) };
  };
  const run = ({ selector, objects }: ReturnType<typeof make>) => {
    for (const labels of objects) matchesLabels(selector, labels);
  };
  assert.equal(growthError({ make, run, sizeMax: 32_000 }), undefined);
});

test("toSelector() says no more of a long key with many wrong values than an answer has room for", () => {
  const key = "k".repeat(100_000);
  const values = Array.from({ length: 10_000 }, () => "!");
  const selector = toSelector({ matchExpressions: [{ key, operator: "In", values }] });
  assert.ok(!selector.ok);
  const { failure } = selector;
  assert.ok(failure.length < 1_000_000, `${failure.length}`);
  assert.match(failure, /, and 9\d{3} more\]$/);
});
