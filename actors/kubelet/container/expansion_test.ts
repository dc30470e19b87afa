import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { createExpander } from "./expansion.ts";

/** What a text becomes beside variables of which some have odd names. */
function expanded(text: string, variables: Readonly<Record<string, string>> = { A: "a", B: "$(A)", "": "nameless" }) {
  const expander = createExpander();
  for (const [name, value] of Object.entries(variables)) expander.set(name, value);
  return expander.word(text);
}

test("createExpander() replaces references as Kubernetes does", () => {
  assert.equal(expanded("$(A)-$(B)-$(NOBODY)-$()"), "a-$(A)-$(NOBODY)-nameless");
  assert.equal(expanded("$$(A) $$$(A) $$$$"), "$(A) $a $$");
  assert.equal(expanded("$ $x $( $(A $(A)"), "$ $x $( $(A $(A)");
  assert.equal(expanded("$($(A)) $(A"), "$($(A)) $(A");
  assert.equal(expanded("a)$(A)$"), "a)a$");
  assert.equal(expanded("$(constructor)$(__proto__)"), "$(constructor)$(__proto__)");
});

test("createExpander() replaces by what was set before, the latest", () => {
  const expander = createExpander();
  expander.setExpanded("A", "$(B)");
  expander.setExpanded("B", "$(A)!");
  expander.setExpanded("A", "$(B)$(B)");
  expander.set("__proto__", "own");
  assert.deepEqual(Object.entries(expander.env()), [
    ["A", "$(B)!$(B)!"],
    ["B", "$(B)!"],
    ["__proto__", "own"],
  ]);
  assert.equal(expander.chars(), 11 + 6 + 12);
});

test("createExpander() counts what is too long, but does not make it", () => {
  const expander = createExpander(1_000);
  expander.set("A0", "0123456789");
  for (let at = 1; at <= 2_000; at++) expander.setExpanded(`A${at}`, `$(A${at - 1})$(A${at - 1})`);
  assert.equal(expander.word("$(A2000)"), "");
  assert.equal(expander.chars(), Number.MAX_SAFE_INTEGER);
  assert.ok(Object.values(expander.env()).join("").length <= 1_000);
  const small = createExpander(1_000);
  small.set("A", "x".repeat(400));
  assert.equal(small.word("$(A)$(A)").length, 0);
  assert.equal(small.chars(), 401 + 800);
});

test("createExpander() reads a text of nothing but openings in time linear in its length", () => {
  const openings = "$(".repeat(4_000_000);
  assert.equal(expanded(openings), openings);
});

/** The definition in a regular expression, which takes quadratic time. */
function model(text: string, env: ReadonlyMap<string, string>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) =>
    name === undefined ? "$" : (env.get(name) ?? whole),
  );
}

property(
  "createExpander() replaces what the grammar says",
  [fc.array(fc.constantFrom("$", "(", ")", "A", "B", "x"), { maxLength: 30 })],
  (pieces) => {
    const text = pieces.join("");
    assert.equal(expanded(text), model(text, new Map(Object.entries({ A: "a", B: "$(A)", "": "nameless" }))));
  },
  { runs: 2_000 },
);

test("createExpander() knows what a text names that is not set, or to nothing", () => {
  const expander = createExpander();
  expander.set("A", "a");
  expander.set("EMPTY", "");
  assert.deepEqual(expander.missing("$(EMPTY)/$(A)/$$(B)/$(NOBODY)"), ["EMPTY", "NOBODY"]);
  assert.deepEqual(expander.missing("$(A)"), []);
});
