import { assert, fc, property, test } from "../../properties/house/test.ts";
import { failed } from "../kit/result.ts";
import type { FieldRequirement } from "./field_selector.ts";
import { fieldSelectorError, formatFieldSelector, matchesFields, parseFieldSelector } from "./field_selector.ts";
import { registry } from "./registry.ts";

function parsed(text: string): readonly FieldRequirement[] {
  const requirements = parseFieldSelector(text);
  return requirements.ok ? requirements.value : assert.fail(requirements.failure);
}

test("parseFieldSelector() reads every operator and refuses the rest", () => {
  assert.deepEqual(parsed("a=1,b==2,c!=3,"), [
    { field: "a", equal: true, value: "1" },
    { field: "b", equal: true, value: "2" },
    { field: "c", equal: false, value: "3" },
  ]);
  assert.deepEqual(parsed(""), []);
  assert.deepEqual(parsed("a=x\\,y\\=z\\\\"), [{ field: "a", equal: true, value: "x,y=z\\" }]);
  assert.deepEqual(parseFieldSelector("a"), failed("invalid selector: 'a'; can't understand 'a'"));
});

test("fieldSelectorError() names the field that a kind does not offer", () => {
  const readersOf = (group: string, plural: string) => {
    const kind = registry.byPlural({ group, version: "v1", plural });
    assert.ok(kind);
    return kind.fieldSelectors;
  };
  assert.equal(fieldSelectorError(parsed("spec.nodeName=a"), readersOf("", "pods")), undefined);
  assert.equal(fieldSelectorError(parsed("spec.foo=a"), readersOf("", "pods")), "field label not supported: spec.foo");
  assert.equal(
    fieldSelectorError(parsed("spec.foo=a"), readersOf("apps", "deployments")),
    '"spec.foo" is not a known field selector: only "metadata.name", "metadata.namespace"',
  );
});

const readers = {
  x: (object: Record<string, string>) => object.x ?? "",
  y: (object: Record<string, string>) => object.y ?? "",
};
const field = fc.constantFrom("x", "y");
const value = fc.string({ unit: fc.constantFrom(..."ab\\,=!"), maxLength: 4 });
const requirements = fc.array(fc.record({ field, equal: fc.boolean(), value }, { noNullPrototype: true }), {
  maxLength: 3,
});

property("the text of a field selector parses to the same conditions", [requirements], (made) => {
  assert.deepEqual(parsed(formatFieldSelector(made)), made);
});

property("an object matches the conditions that are made from it", [fc.dictionary(field, value)], (object) => {
  const own = Object.keys(object).map((name) => ({ field: name, equal: true, value: object[name] ?? "" }));
  assert.ok(matchesFields(own, { object, readers }));
  const [first] = own;
  if (first !== undefined) assert.ok(!matchesFields([{ ...first, equal: false }], { object, readers }));
});
