import vm from "node:vm";
import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { stepName, withStepBudget } from "./step_budget.ts";

function runCounted(code: string): { value: unknown; steps: number } {
  let steps = 0;
  const step = () => {
    if (++steps > 1_000) throw new Error("too many steps");
  };
  const value: unknown = vm.compileFunction(withStepBudget(code), [stepName]).call({}, step);
  return { value, steps };
}

test("withStepBudget() counts turns and calls, and changes nothing else", () => {
  const samples: [code: string, value: unknown, steps: number][] = [
    ["var n = 0; for (var i = 0; i < 5; i++) n += i; this.n = n;", undefined, 5],
    ["var f = (a) => (b) => ({ sum: a + b }); f(1)(2);", undefined, 2],
    ["var i = 0; do i++; while (i < 3)", undefined, 3],
    ["for (const a of [1, 2]) for (const b in { x: 1 }) if (a) b; else a;", undefined, 4],
    [
      "class A { constructor() { this.x = 1; } get y() { return 2; } static z() {} } class B extends A { constructor() { super(); } } new B().y; A.z();",
      undefined,
      4,
    ],
    ["function* g() { yield 1; } for (var x of g());", undefined, 2],
    ["var i = 3; while (i) var h = () => i--\n, r = h();", undefined, 6],
    ["label: for (;;) { while (true) break label; }", undefined, 2],
  ];
  for (const [code, value, steps] of samples) assert.deepEqual(runCounted(code), { value, steps }, code);
});

test("withStepBudget() keeps strict mode", () => {
  assert.throws(() => runCounted(`(function () { "use strict"; undeclared = 1; })()`), /undeclared is not defined/);
});

test("withStepBudget() stops what catches everything", () => {
  assert.throws(() => runCounted("while (true) try { for (;;); } catch (error) { continue; }"), /too many steps/);
  assert.throws(() => runCounted("var f = () => { try { f(); } finally { for (;;) f(); } }; f();"), /too many steps/);
});

const expression = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.integer({ min: 0, max: 9 }).map(String),
    fc.tuple(tie("node"), tie("node")).map(([a, b]) => `((x) => x + ${a})(${b})`),
    fc
      .tuple(tie("node"), tie("node"))
      .map(([a, b]) => `(function () { let s = 0; for (const n of [${a}, ${b}]) s += n; return s; })()`),
    tie("node").map((a) => `((o) => ({ ...o, v: ${a} }))({}).v`),
    tie("node").map((a) => `[${a}, 1].map((n) => n * 2)[0]`),
  ),
})).node;

property("withStepBudget() leaves every value as it was", [expression], (text) => {
  const plain: unknown = vm.compileFunction(`return ${text};`)();
  let counted: unknown;
  vm.compileFunction(withStepBudget(`result(${text});`), [stepName, "result"])(
    () => {},
    (value: unknown) => {
      counted = value;
    },
  );
  assert.equal(counted, plain);
});
