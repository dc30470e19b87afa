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
const open = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
const ofSchema = (openAPIV3Schema: object, more: object = {}) => ({
  versions: [{ ...version, schema: { openAPIV3Schema }, ...more }],
});
const errorsOf = (spec: Fields, metadata?: Fields): string[] =>
  kind.validate(prepared(spec, metadata)).map(fieldErrorText);

const root = "spec.validation.openAPIV3Schema";
const label =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

test("what a definition says of itself is judged in Kubernetes' words, and what all its versions have alike as its own", () => {
  const other = { ...version, name: "v2", storage: false, schema: { openAPIV3Schema: { type: "string" } } };
  const cases: readonly (readonly [spec: Fields, texts: readonly string[]])[] = [
    [ofSchema(open), []],
    [
      { ...ofSchema(open), group: "" },
      [
        'metadata.name: Invalid value: "foos.example.com": must be spec.names.plural+"."+spec.group',
        "spec.group: Required value",
      ],
    ],
    [
      { ...ofSchema(open), scope: "Namespace" },
      ['spec.scope: Unsupported value: "Namespace": supported values: "Cluster", "Namespaced"'],
    ],
    [
      { ...ofSchema(open), names: { plural: "foos" } },
      ["spec.names.singular: Required value", "spec.names.kind: Required value", "spec.names.listKind: Required value"],
    ],
    [
      { ...ofSchema(open), names: { ...names, listKind: "Foo", shortNames: ["F"] } },
      [
        `spec.names.shortNames[0]: Invalid value: "F": ${label}`,
        'spec.names.listKind: Invalid value: "Foo": kind and listKind may not be the same',
      ],
    ],
    [
      { ...ofSchema(open), preserveUnknownFields: true },
      [
        "spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead",
      ],
    ],
    [{ versions: [version] }, ["spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required"]],
    [
      ofSchema(open, { name: "V1" }),
      [`spec.versions[0].name: Invalid value: "V1": ${label}`, `spec.version: Invalid value: "V1": ${label}`],
    ],
    [
      ofSchema(open, { storage: false }),
      [
        'spec.versions: Invalid value: [{"Name":"v1","Served":true,"Storage":false,"Deprecated":false,"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}]: must have exactly one version marked as storage version',
      ],
    ],
    [
      ofSchema(open, { deprecationWarning: "a" }),
      ['spec.versions[0].deprecationWarning: Invalid value: "a": can only be set for deprecated versions'],
    ],
    [
      ofSchema(open, { deprecated: true, deprecationWarning: "é\n" }),
      [
        'spec.versions[0].deprecationWarning: Invalid value: "é\\n": must only contain printable UTF-8 characters; non-printable character found at index 2',
      ],
    ],
    [
      ofSchema(open, { additionalPrinterColumns: [{ name: "A", type: "text", format: "x", jsonPath: "{.a}" }] }),
      [
        'spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string',
        'spec.additionalPrinterColumns[0].format: Invalid value: "x": must be one of byte,date,date-time,double,float,int32,int64,password',
        'spec.additionalPrinterColumns[0].JSONPath: Invalid value: "{.a}": must be a simple json path starting with .',
      ],
    ],
    [
      ofSchema(open, {
        subresources: {
          scale: { specReplicasPath: "spec.a", statusReplicasPath: ".spec.b", labelSelectorPath: ".a.b" },
        },
      }),
      [
        'spec.subresources.scale.specReplicasPath: Invalid value: "spec.a": must be a simple json path starting with .',
        'spec.subresources.scale.statusReplicasPath: Invalid value: ".spec.b": should be a json path under .status',
        'spec.subresources.scale.labelSelectorPath: Invalid value: ".a.b": should be a json path under either .spec or .status',
      ],
    ],
    [
      { versions: [...ofSchema(open).versions, other] },
      ['spec.versions[1].schema.openAPIV3Schema.type: Invalid value: "string": must be object at the root'],
    ],
    [
      {
        ...ofSchema(open),
        conversion: {
          strategy: "Webhook",
          webhook: { clientConfig: { url: "https://a" }, conversionReviewVersions: ["v2", "v2"] },
        },
      },
      [
        'spec.conversion.conversionReviewVersions[1]: Invalid value: "v2": duplicate version',
        'spec.conversion.conversionReviewVersions: Invalid value: ["v2","v2"]: must include at least one of v1, v1beta1',
      ],
    ],
  ];
  for (const [spec, texts] of cases) assert.deepEqual(errorsOf(spec), texts);
  const selectable = (...paths: string[]) =>
    errorsOf(
      ofSchema(
        {
          type: "object",
          properties: { spec: { type: "object", properties: { a: { type: "string" }, n: { type: "number" } } } },
        },
        { selectableFields: paths.map((jsonPath) => ({ jsonPath })) },
      ),
    );
  assert.deepEqual(selectable(".spec.a", ".spec['a']", ".spec.b", ".spec.n", ".spec.a", "a", ""), [
    "spec.selectableFields[1].jsonPath: Invalid value: \".spec['a']\": is an invalid path: array notation is not allowed",
    'spec.selectableFields[2].jsonPath: Invalid value: ".spec.b": is an invalid path: does not refer to a valid field',
    'spec.selectableFields[3].jsonPath: Invalid value: ".spec.n": must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
    'spec.selectableFields[4].jsonPath: Duplicate value: ".spec.a"',
    'spec.selectableFields[5].jsonPath: Invalid value: "a": is an invalid path: expected [ or . but got: a',
    "spec.selectableFields[6].jsonPath: Required value",
  ]);
  const approval = (given?: string) =>
    errorsOf(
      { ...ofSchema(open), group: "a.k8s.io" },
      {
        name: "foos.a.k8s.io",
        ...(given === undefined ? {} : { annotations: { "api-approved.kubernetes.io": given } }),
      },
    );
  assert.match(
    approval()[0] ?? "",
    /^metadata.annotations\[api-approved.kubernetes.io\]: Required value: protected groups must have/,
  );
  assert.match(
    approval("yes")[0] ?? "",
    /: Invalid value: "yes": .* with either a URL or a reason starting with "unapproved", see/,
  );
  assert.deepEqual([approval("unapproved, for a test"), approval("https://a/b")], [[], []]);
});

test("a schema that is not structural is told where it is not", () => {
  const cases: readonly (readonly [schema: object, texts: readonly string[]])[] = [
    [{}, [`${root}.type: Required value: must not be empty at the root`]],
    [
      { type: "object", additionalProperties: true },
      [`${root}.additionalProperties: Forbidden: must not be used at the root`],
    ],
    [
      { type: "object", properties: { metadata: { type: "object", description: "a" }, kind: { type: "integer" } } },
      [
        `${root}.properties[kind].type: Invalid value: "integer": must be string`,
        `${root}.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified`,
      ],
    ],
    [
      {
        type: "object",
        properties: { metadata: { type: "object", properties: { name: { type: "string", maxLength: 8 } } } },
      },
      [],
    ],
    [{ type: "object", nullable: true }, [`${root}.nullable: Forbidden: nullable cannot be true at the root`]],
    [
      { type: "object", properties: { a: { type: "array" } } },
      [`${root}.properties[a].items: Required value: must be specified`],
    ],
    [
      { type: "object", properties: { a: { type: "array", items: {} } } },
      [`${root}.properties[a].items.type: Required value: must not be empty for specified array items`],
    ],
    [
      { type: "object", properties: { a: { type: "map" } } },
      [
        `${root}.properties[a].type: Unsupported value: "map": supported values: "array", "boolean", "integer", "number", "object", "string"`,
      ],
    ],
    [
      {
        type: "object",
        properties: {
          a: {
            type: "object",
            $ref: "#/b",
            properties: { b: { type: "string" } },
            additionalProperties: { type: "string" },
          },
        },
      },
      [
        `${root}.properties[a].$ref: Forbidden: $ref is not supported`,
        `${root}.properties[a].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`,
      ],
    ],
    [
      { type: "object", properties: { a: { type: "string", anyOf: [{ type: "string", description: "x" }] } } },
      [
        `${root}.properties[a].anyOf[0].description: Forbidden: must be empty to be structural`,
        `${root}.properties[a].anyOf[0].type: Forbidden: must be empty to be structural`,
      ],
    ],
    [
      {
        type: "object",
        properties: { a: { "x-kubernetes-int-or-string": true, anyOf: [{ type: "integer" }, { type: "string" }] } },
      },
      [],
    ],
    [
      { type: "object", oneOf: [{ required: ["a"], properties: { a: { minimum: 1 } } }] },
      [`${root}.properties[a]: Required value: because it is defined in ${root}.oneOf[0].properties[a]`],
    ],
    [
      { type: "object", properties: { a: { type: "object", "x-kubernetes-embedded-resource": true } } },
      [
        `${root}.properties[a].properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields`,
      ],
    ],
    [
      { type: "object", properties: { a: { type: "string", pattern: "^(?!x)" } } },
      [
        `${root}.properties[a].pattern: Invalid value: "^(?!x)": must be a valid regular expression, but isn't: error parsing regexp: invalid or unsupported Perl syntax: \`(?!\``,
      ],
    ],
    [
      { type: "object", "x-kubernetes-preserve-unknown-fields": false },
      [`${root}.x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined`],
    ],
    [
      { type: "object", properties: { a: { type: "array", uniqueItems: true, items: { type: "string" } } } },
      [
        `${root}.properties[a].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic`,
      ],
    ],
  ];
  for (const [schema, texts] of cases) assert.deepEqual(errorsOf(ofSchema(schema)), texts, JSON.stringify(schema));
  assert.match(
    errorsOf(ofSchema({ ...open, maxProperties: 1 }, { subresources: { status: {} } }))[0] ?? "",
    /^spec.validation.openAPIV3Schema: Invalid value: .*: only \[Description Type Format .* XPreserveUnknownFields XValidations\] fields are allowed at the root of the schema if the status subresource is enabled$/,
  );
});

test("a changed definition keeps its names and its scope, and schemas that it had already are let be", () => {
  const old = prepared(ofSchema(open));
  (old as Fields).status = {
    acceptedNames: names,
    storedVersions: ["v1", "v0"],
    conditions: [{ type: "Established", status: "True" }],
  };
  const changed = (change: (object: { spec: Fields; status: Fields }) => void): string[] => {
    const draft = structuredClone(old);
    change(draft as unknown as { spec: Fields; status: Fields });
    return kind.validateUpdate(draft, old).map(fieldErrorText);
  };
  const stored =
    'status.storedVersions[1]: Invalid value: "v0": missing from spec.versions; v0 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v0 and removes v0 from status.storedVersions';
  assert.deepEqual(
    changed(() => {}),
    [stored],
  );
  assert.deepEqual(
    changed(({ spec }) => {
      spec.scope = "Cluster";
      spec.names = { ...(spec.names as object), kind: "Bar" };
    }),
    [
      'spec.scope: Invalid value: "Cluster": field is immutable',
      'spec.names.kind: Invalid value: "Bar": field is immutable',
      stored,
    ],
  );
  const wrong = structuredClone(old);
  ((wrong as Fields).spec as Fields).versions = ofSchema({ type: "string" }).versions;
  assert.deepEqual(kind.validateUpdate(structuredClone(wrong), wrong).map(fieldErrorText), [stored]);
});
