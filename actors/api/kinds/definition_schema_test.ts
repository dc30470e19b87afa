import { assert, test } from "../../../properties/house/test.ts";
import { fieldErrorText } from "../field_error.ts";
import type { KindDefinition } from "../kind.ts";
import { registry } from "../registry.ts";
import type { Fields, KubeObject } from "../types.ts";

const kind = registry.kinds.find((each) => each.kind === "CustomResourceDefinition") as KindDefinition;
const names = { plural: "foos", kind: "Foo" };

function prepared(spec: Fields, metadata: Fields = {}): KubeObject & Fields {
  const draft = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    spec: structuredClone({ group: "example.com", scope: "Namespaced", names, ...spec }),
    metadata: { name: "foos.example.com", uid: "u", ...metadata },
  } as unknown as KubeObject & Fields;
  kind.applyDefaults(draft);
  kind.prepareForCreate(draft);
  return draft;
}

const version = { name: "v1", served: true, storage: true };
const ofSchema = (openAPIV3Schema: object, more: object = {}) => ({
  versions: [{ ...version, schema: { openAPIV3Schema }, ...more }],
});
const errorsOf = (spec: Fields, metadata?: Fields): string[] =>
  kind.validate(prepared(spec, metadata)).map(fieldErrorText);
/** With fields below `spec`, which are of no interest but for what is asked of them. */
const ofFields = (properties: object, more: object = {}) =>
  errorsOf(ofSchema({ type: "object", properties: { spec: { type: "object", properties, ...more } } }));

const root = "spec.validation.openAPIV3Schema";
const fields = `${root}.properties[spec].properties`;

test("lists and maps of a schema are merged by what their items have, and their defaults are values of theirs", () => {
  const map = { type: "array", "x-kubernetes-list-type": "map" };
  const item = {
    type: "object",
    properties: { k: { type: "string" }, l: { type: "array", items: { type: "string" } } },
  };
  const cases: readonly (readonly [field: object, texts: readonly string[]])[] = [
    [
      { ...map, items: item },
      [".x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map"],
    ],
    [
      { ...map, items: item, "x-kubernetes-list-map-keys": ["k"] },
      [
        ".items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property",
      ],
    ],
    [
      { ...map, items: { ...item, required: ["l"] }, "x-kubernetes-list-map-keys": ["l"] },
      [
        '.items.properties[l].type: Invalid value: "object": must be a scalar type if parent array\'s x-kubernetes-list-type is map',
      ],
    ],
    [
      { ...map, items: { ...item, required: ["k"] }, "x-kubernetes-list-map-keys": ["k", "k"] },
      ['.x-kubernetes-list-map-keys: Invalid value: ["k","k"]: must not contain duplicate entries'],
    ],
    [
      { ...map, items: { ...item, required: ["k"], nullable: true }, "x-kubernetes-list-map-keys": ["k"] },
      [".items.nullable: Forbidden: cannot be nullable when x-kubernetes-list-type is map"],
    ],
    [
      { ...map, items: { type: "string" }, "x-kubernetes-list-map-keys": ["k"] },
      ['.items.type: Invalid value: "string": must be object if parent array\'s x-kubernetes-list-type is map'],
    ],
    [
      { type: "array", items: item, "x-kubernetes-list-map-keys": ["k"] },
      [".x-kubernetes-list-type: Required value: must be map if x-kubernetes-list-map-keys is non-empty"],
    ],
    [
      { type: "array", items: item, "x-kubernetes-list-type": "set" },
      [
        '.items.x-kubernetes-map-type: Invalid value: "null": must be atomic as item of a list with x-kubernetes-list-type=set',
      ],
    ],
    [
      { type: "string", "x-kubernetes-list-type": "bag" },
      [
        '.type: Invalid value: "string": must be array if x-kubernetes-list-type is specified',
        '.x-kubernetes-list-type: Unsupported value: "bag": supported values: "atomic", "set", "map"',
      ],
    ],
    [
      { type: "string", "x-kubernetes-map-type": "atomic" },
      ['.type: Invalid value: "string": must be object if x-kubernetes-map-type is specified'],
    ],
    [
      { type: "string", default: 1 },
      ['.default: Invalid value: "integer":  in body must be of type string: "integer"'],
    ],
    [
      { type: "string", enum: ["a", "b"], default: "c" },
      ['.default: Unsupported value: "c": supported values: "a", "b"'],
    ],
    [{ ...item, default: { x: 1 } }, ['.default: Invalid value: {"x":1}: must not have unknown fields']],
    [
      { ...item, default: { k: 1 } },
      ['.default.k: Invalid value: "integer": k in body must be of type string: "integer"'],
    ],
    [{ ...item, required: ["k"], default: {} }, [".default.k: Required value"]],
    [
      { type: "integer", default: 5, "x-kubernetes-validations": [{ rule: "self < 5" }] },
      ['.default: Invalid value: "integer": failed rule: self < 5'],
    ],
  ];
  for (const [field, texts] of cases)
    assert.deepEqual(
      ofFields({ a: field }),
      texts.map((text) => `${fields}[a]${text}`),
      JSON.stringify(field),
    );
  assert.deepEqual(
    errorsOf(ofSchema({ type: "object", properties: { apiVersion: { type: "string", default: "a/v1" } } })),
    [`${root}.properties[apiVersion].default: Forbidden: must not be set in top-level apiVersion`],
  );
});

test("rules of a schema are compiled where it is right, and told what keeps them from it", () => {
  const shown = (rule: string, more: object = {}) =>
    JSON.stringify({
      Rule: rule,
      Message: "",
      MessageExpression: "",
      Reason: null,
      FieldPath: "",
      OptionalOldSelf: null,
      ...more,
    });
  const at = "x-kubernetes-validations[0]";
  const text = { type: "string", maxLength: 9 };
  const cases: readonly (readonly [rule: object, texts: readonly string[]])[] = [
    [{ rule: " " }, ["rule: Required value: rule is not specified"]],
    [{ rule: "true", message: " " }, ['message: Invalid value: " ": message must be non-empty if specified']],
    [{ rule: "true", message: "a\nb" }, ['message: Invalid value: "a\\nb": message must not contain line breaks']],
    [{ rule: "true &&\ntrue" }, ["message: Required value: message must be specified if rule contains line breaks"]],
    [
      { rule: "true", reason: "Bad" },
      [
        'reason: Unsupported value: "Bad": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"',
      ],
    ],
    [{ rule: "true", fieldPath: ".b" }, ['fieldPath: Invalid value: ".b": fieldPath must be a valid path']],
    [
      { rule: "true", messageExpression: " " },
      ["messageExpression: Required value: messageExpression must be non-empty if specified"],
    ],
    [{ rule: "self.a" }, [`rule: Invalid value: ${shown("self.a")}: cel expression must evaluate to a bool`]],
    [
      { rule: "self.b == 'x'" },
      [
        `rule: Invalid value: ${shown("self.b == 'x'")}: compilation failed: ERROR: <input>:1:5: undefined field 'b'\n | self.b == 'x'\n | ....^`,
      ],
    ],
    [
      { rule: "self.a > 1" },
      [
        `rule: Invalid value: ${shown("self.a > 1")}: compilation failed: ERROR: <input>:1:8: found no matching overload for '_>_' applied to '(string, int)'\n | self.a > 1\n | .......^`,
      ],
    ],
    [
      { rule: "true", messageExpression: "1" },
      [
        `messageExpression: Invalid value: ${shown("true", { MessageExpression: "1" })}: messageExpression must evaluate to a string`,
      ],
    ],
    [
      { rule: "true", messageExpression: "self.b" },
      [
        `messageExpression: Invalid value: ${shown("true", { MessageExpression: "self.b" })}: messageExpression compilation failed: ERROR: <input>:1:5: undefined field 'b'\n | self.b\n | ....^`,
      ],
    ],
    [
      { rule: "true", optionalOldSelf: true },
      ["optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule"],
    ],
    [{ rule: "self.a == oldSelf.a", fieldPath: ".a", reason: "FieldValueForbidden" }, []],
  ];
  for (const [rule, texts] of cases) {
    const found = ofFields({ a: text }, { "x-kubernetes-validations": [rule] });
    assert.deepEqual(
      found,
      texts.map((each) => `${root}.properties[spec].${at}.${each}`),
      JSON.stringify(rule),
    );
  }
  const item = { type: "object", properties: { a: text }, "x-kubernetes-validations": [{ rule: "self == oldSelf" }] };
  assert.deepEqual(ofFields({ list: { type: "array", maxItems: 2, items: item } }), [
    `${fields}[list].items.${at}.rule: Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within ${fields}[list]`,
  ]);
});
