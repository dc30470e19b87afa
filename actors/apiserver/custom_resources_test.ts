import { assert, test } from "../../properties/house/test.ts";
import { createLab } from "../../properties/stages/apiserver/lab.ts";

const group = "stable.example.com";
const schema = {
  type: "object",
  properties: {
    spec: {
      type: "object",
      required: ["cronSpec"],
      properties: {
        cronSpec: { type: "string", pattern: "^[*/0-9 ]+$" },
        image: { type: "string", default: "busybox" },
        replicas: { type: "integer", minimum: 1, maximum: 10 },
        sort: { type: "string", enum: ["a", "b"] },
        either: { "x-kubernetes-int-or-string": true },
        free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        ports: {
          type: "array",
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["port"],
          items: {
            type: "object",
            required: ["port"],
            properties: { port: { type: "integer" }, name: { type: "string" } },
          },
        },
      },
    },
    status: { type: "object", properties: { replicas: { type: "integer" } } },
  },
};
const version = {
  name: "v1",
  served: true,
  storage: true,
  schema: { openAPIV3Schema: schema },
  subresources: { status: {} },
  additionalPrinterColumns: [
    { name: "Spec", type: "string", jsonPath: ".spec.cronSpec" },
    { name: "Port", type: "integer", jsonPath: '.spec.ports[?(@.name=="web")].port' },
  ],
};
const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `crontabs.${group}` },
  spec: {
    group,
    scope: "Namespaced",
    names: { plural: "crontabs", kind: "CronTab", shortNames: ["ct"] },
    versions: [version, { ...version, name: "v1beta1", storage: false }],
  },
};
const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const crontabs = `/apis/${group}/v1/namespaces/default/crontabs`;
const post = (body: object) => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});
const crontab = (spec: object, more: object = {}) => ({
  apiVersion: `${group}/v1`,
  kind: "CronTab",
  metadata: { name: "a" },
  spec,
  ...more,
});

function defined() {
  const lab = createLab();
  const answer = lab.http(definitions, post(definition));
  assert.equal(answer.code(), 201, answer.body());
  const ask = (url: string, request: object = {}) => {
    const { code, body } = lab.http(url, request);
    return { code: code(), body: JSON.parse(body()) };
  };
  return { lab, ask };
}

test("a definition is established, served and discovered at once, in every version", () => {
  const { ask } = defined();
  const { status } = ask(`${definitions}/crontabs.${group}`).body;
  assert.deepEqual(
    status.conditions.map(({ type, status: is }: Record<string, string>) => [type, is]),
    [
      ["NamesAccepted", "True"],
      ["Established", "True"],
    ],
  );
  assert.deepEqual([status.storedVersions, status.acceptedNames.listKind], [["v1"], "CronTabList"]);
  const names = ask(`/apis/${group}/v1`).body.resources.map(({ name }: { name: string }) => name);
  assert.deepEqual(names, ["crontabs", "crontabs/status"]);
  assert.equal(ask(`/apis/${group}`).body.versions.length, 2);
  assert.equal(ask(crontabs).body.kind, "CronTabList");
  const paths = Object.keys(ask("/openapi/v3").body.paths);
  assert.ok(paths.includes(`apis/${group}/v1`));
});

test("a custom resource is pruned, filled in and judged by its schema, and shown in both versions", () => {
  const { ask } = defined();
  const made = ask(
    crontabs,
    post(
      crontab(
        { cronSpec: "* *", unknown: 1, free: { a: { b: 1 } }, either: "1" },
        { more: 1, status: { replicas: 3 } },
      ),
    ),
  );
  assert.equal(made.code, 201, JSON.stringify(made.body));
  assert.deepEqual(made.body.spec, { cronSpec: "* *", free: { a: { b: 1 } }, either: "1", image: "busybox" });
  assert.deepEqual([made.body.more, made.body.status, made.body.metadata.generation], [undefined, undefined, 1]);
  const other = ask(`${crontabs.replace("/v1/", "/v1beta1/")}/a`).body;
  assert.deepEqual([other.apiVersion, other.spec.image], [`${group}/v1beta1`, "busybox"]);
  const strict = ask(`${crontabs}?fieldValidation=Strict`, post(crontab({ cronSpec: "*", unknown: 1 })));
  assert.match(strict.body.message, /strict decoding error: unknown field "spec.unknown"/);
});

const wrongs: readonly (readonly [spec: object, text: string])[] = [
  [{}, "spec.cronSpec: Required value"],
  [{ cronSpec: 1 }, 'spec.cronSpec: Invalid value: "integer": spec.cronSpec in body must be of type string: "integer"'],
  [{ cronSpec: "x" }, "spec.cronSpec: Invalid value: \"x\": spec.cronSpec in body should match '^[*/0-9 ]+$'"],
  [
    { cronSpec: "*", replicas: 0 },
    "spec.replicas: Invalid value: 0: spec.replicas in body should be greater than or equal to 1",
  ],
  [
    { cronSpec: "*", replicas: 11 },
    "spec.replicas: Invalid value: 11: spec.replicas in body should be less than or equal to 10",
  ],
  [{ cronSpec: "*", sort: "c" }, 'spec.sort: Unsupported value: "c": supported values: "a", "b"'],
  [
    { cronSpec: "*", either: true },
    'spec.either: Invalid value: "boolean": spec.either in body must be of type integer,string: "boolean"',
  ],
  [{ cronSpec: "*", ports: [{ port: 1 }, { port: 1 }] }, 'spec.ports[1]: Duplicate value: {"port":1}'],
];

test("a custom resource that breaks its schema is refused in Kubernetes' words", () => {
  const { ask } = defined();
  for (const [spec, text] of wrongs) {
    const { code, body } = ask(crontabs, post(crontab(spec)));
    assert.deepEqual([code, body.reason], [422, "Invalid"]);
    assert.equal(body.message, `CronTab.${group} "a" is invalid: ${text}`);
  }
  assert.equal(ask(crontabs).body.items.length, 0);
});

test("patches of custom resources merge by their schema, but never strategically", () => {
  const { lab, ask } = defined();
  ask(crontabs, post(crontab({ cronSpec: "*", ports: [{ port: 1, name: "web" }] })));
  const patch = (type: string, body: object, query = "") =>
    ask(`${crontabs}/a${query}`, { method: "PATCH", headers: { "content-type": type }, body: JSON.stringify(body) });
  assert.equal(patch("application/strategic-merge-patch+json", { spec: { replicas: 2 } }).code, 415);
  assert.equal(patch("application/merge-patch+json", { spec: { replicas: 2 } }).body.spec.replicas, 2);
  const applied = patch(
    "application/apply-patch+yaml",
    crontab({ cronSpec: "*", ports: [{ port: 2, name: "other" }] }),
    "?fieldManager=m&force=true",
  );
  assert.deepEqual(
    applied.body.spec.ports.map(({ port }: { port: number }) => port),
    [1, 2],
  );
  const table = lab.http(crontabs, { headers: { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" } });
  assert.deepEqual(JSON.parse(table.body()).rows[0].cells, ["a", "*", 1]);
});

test("an apply says null where generated manifests do, and a scale without a selector has none", () => {
  const lab = createLab();
  const { spec } = schema.properties;
  const nullable = { type: "object", nullable: true, properties: { a: { type: "string" } } };
  const fields = { ...schema.properties, spec: { ...spec, properties: { ...spec.properties, selector: nullable } } };
  const scaled = {
    ...version,
    schema: { openAPIV3Schema: { ...schema, properties: fields } },
    subresources: { scale: { specReplicasPath: ".spec.replicas", statusReplicasPath: ".status.replicas" } },
  };
  const metadata = { ...definition.metadata, creationTimestamp: null };
  const body = { ...definition, metadata, spec: { ...definition.spec, versions: [scaled] } };
  const apply = (url: string, object: object) => {
    const headers = { "content-type": "application/apply-patch+yaml" };
    return lab.http(`${url}?fieldManager=m`, { method: "PATCH", headers, body: JSON.stringify(object) });
  };
  const established = apply(`${definitions}/crontabs.${group}`, body);
  assert.equal(established.code(), 201, established.body());
  assert.equal(apply(`${crontabs}/a`, crontab({ cronSpec: "*", replicas: 2, selector: null })).code(), 201);
  const read = (url: string) => JSON.parse(lab.http(url, {}).body());
  assert.deepEqual(read(`${crontabs}/a`).spec, { cronSpec: "*", image: "busybox", replicas: 2, selector: null });
  assert.deepEqual(read(`${crontabs}/a/scale`).status, { replicas: 0 });
});

test("the status of a custom resource is written by its own path alone", () => {
  const { ask } = defined();
  const made = ask(crontabs, post(crontab({ cronSpec: "*" }))).body;
  const put = (url: string, body: object) => ask(url, { ...post(body), method: "PUT" });
  const told = put(`${crontabs}/a/status`, { ...made, spec: { cronSpec: "* *" }, status: { replicas: 1 } }).body;
  assert.deepEqual([told.spec.cronSpec, told.status, told.metadata.generation], ["*", { replicas: 1 }, 1]);
  assert.equal(put(`${crontabs}/a`, { ...told, status: { replicas: 5 } }).body.status.replicas, 1);
});

test("the metadata of a custom resource stays as it is where its status is written, also by who knows its name alone", () => {
  const { ask } = defined();
  const object = crontab({ cronSpec: "*" });
  const [labels, annotations, finalizers] = [{ a: "b" }, { c: "d" }, ["e.f/g"]];
  const made = ask(crontabs, post({ ...object, metadata: { name: "a", labels, annotations, finalizers } })).body;
  const { name, resourceVersion } = made.metadata;
  const kept = ({ metadata }: typeof made) => [metadata.labels, metadata.annotations, metadata.finalizers];
  const bare = { ...object, metadata: { name, resourceVersion }, status: { replicas: 1 } };
  const told = ask(`${crontabs}/a/status`, { ...post(bare), method: "PUT" }).body;
  assert.deepEqual([told.status, ...kept(told)], [{ replicas: 1 }, labels, annotations, finalizers]);
  const patched = ask(`${crontabs}/a/status`, {
    ...post({ metadata: { labels: { a: null, x: "y" }, finalizers: null }, status: { replicas: 2 } }),
    ...{ method: "PATCH", headers: { "content-type": "application/merge-patch+json" } },
  }).body;
  assert.deepEqual([patched.status, ...kept(patched)], [{ replicas: 2 }, labels, annotations, finalizers]);
});

const wrongDefinitions: readonly (readonly [change: (spec: Record<string, never>) => object, text: RegExp])[] = [
  [
    (spec) => ({ ...spec, versions: [{ ...version, schema: undefined }] }),
    /openAPIV3Schema: Required value: schemas are required/,
  ],
  [
    (spec) => ({ ...spec, versions: [{ ...version, storage: false }] }),
    /must have exactly one version marked as storage version/,
  ],
  [(spec) => ({ ...spec, scope: "Everywhere" }), /spec\.scope: Unsupported value: "Everywhere"/],
  [(spec) => ({ ...spec, names: { plural: "cars", kind: "Car" } }), /must be spec\.names\.plural\+"\."\+spec\.group/],
  [
    (spec) => ({
      ...spec,
      versions: [{ ...version, schema: { openAPIV3Schema: { type: "object", properties: { a: {} } } } }],
    }),
    /properties\[a\]\.type: Required value: must not be empty for specified object fields/,
  ],
];

test("a definition whose schema is not structural, or that names itself wrongly, is refused", () => {
  const lab = createLab();
  for (const [change, text] of wrongDefinitions) {
    const answer = lab.http(definitions, post({ ...definition, spec: change(definition.spec as never) }));
    assert.equal(answer.code(), 422);
    assert.match(JSON.parse(answer.body()).message, text);
  }
});

test("custom resources without columns of their own are shown with their age, whatever their group", () => {
  const lab = createLab();
  const { additionalPrinterColumns: _columns, ...plain } = version;
  const inGroup = "gateway.networking.k8s.io";
  const names = { name: `crontabs.${inGroup}`, annotations: { "api-approved.kubernetes.io": "https://example.com" } };
  const body = { ...definition, metadata: names, spec: { ...definition.spec, group: inGroup, versions: [plain] } };
  assert.equal(lab.http(definitions, post(body)).code(), 201);
  const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
  const table = lab.http(`/apis/${inGroup}/v1/namespaces/default/crontabs`, { headers: { accept } });
  const columns = JSON.parse(table.body()).columnDefinitions.map(({ name }: { name: string }) => name);
  assert.deepEqual(columns, ["Name", "Age"]);
});

test("whoever defines rules that nobody can judge is warned that nobody heeds them", () => {
  const lab = createLab();
  const ruled = { ...schema, "x-kubernetes-validations": [{ rule: "size(bytes('a')) == 1" }] };
  const versions = [{ ...version, schema: { openAPIV3Schema: ruled } }];
  const spec = { ...definition.spec, versions };
  const answer = lab.http(definitions, post({ ...definition, spec }));
  assert.equal(answer.code(), 201);
  const warned = String(answer.headers().Warning);
  assert.match(
    warned,
    /version v1: x-kubernetes-validations that call bytes are stored, but this cluster does not enforce them/,
  );
});

test("a definition whose rules do not compile is refused, and its objects are held to those that do", () => {
  const lab = createLab();
  const defined = (rule: string) => {
    const ruled = { ...schema, "x-kubernetes-validations": [{ rule, message: "no such name" }] };
    const spec = { ...definition.spec, versions: [{ ...version, schema: { openAPIV3Schema: ruled } }] };
    return lab.http(definitions, post({ ...definition, spec }));
  };
  const refused = defined("self.metadata.nam == 'a'");
  assert.equal(refused.code(), 422);
  assert.match(String(refused.body()), /compilation failed: ERROR: <input>:1:14: undefined field 'nam'/);
  assert.equal(defined("self.metadata.name != 'bad'").code(), 201);
});

test("objects are selected by the fields that their definition names for it, and held to its rules", () => {
  const lab = createLab();
  const ruled = { ...schema, "x-kubernetes-validations": [{ rule: "self.spec.replicas < 9", message: "too many" }] };
  const selectableFields = [{ jsonPath: ".spec.image" }];
  const versions = [{ ...version, schema: { openAPIV3Schema: ruled }, selectableFields }];
  assert.equal(lab.http(definitions, post({ ...definition, spec: { ...definition.spec, versions } })).code(), 201);
  for (const image of ["a", "b"]) {
    const made = crontab({ cronSpec: "*", image, replicas: 1 }, { metadata: { name: image } });
    assert.equal(lab.http(crontabs, post(made)).code(), 201);
  }
  const list = JSON.parse(String(lab.http(`${crontabs}?fieldSelector=spec.image%3Db`, { method: "GET" }).body()));
  assert.deepEqual(
    list.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name),
    ["b"],
  );
  assert.equal(lab.http(`${crontabs}?fieldSelector=spec.replicas%3D1`, { method: "GET" }).code(), 400);
  const refused = lab.http(crontabs, post(crontab({ cronSpec: "*", replicas: 9 }, { metadata: { name: "c" } })));
  assert.equal(refused.code(), 422);
  assert.match(String(refused.body()), /too many/);
});

test("objects are read by the schema of today: filled in and pruned as it says now, alone, in lists, watches and the other version", () => {
  const { lab, ask } = defined();
  const made = crontab({ cronSpec: "*", replicas: 2 });
  assert.equal(ask(crontabs, post(made)).code, 201);
  const watch = lab.http(`${crontabs}?watch=1`, { method: "GET" });
  const path = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties";
  const change = (changes: readonly object[]) => {
    const headers = { "content-type": "application/json-patch+json" };
    const body = JSON.stringify(changes);
    assert.equal(ask(`${definitions}/crontabs.${group}`, { method: "PATCH", headers, body }).code, 200);
  };
  change([
    { op: "add", path: `${path}/zone`, value: { type: "string", default: "UTC" } },
    { op: "remove", path: `${path}/replicas` },
  ]);
  const read = { cronSpec: "*", image: "busybox", zone: "UTC" };
  const shown = ask(`${crontabs}/a`).body;
  assert.deepEqual([shown.spec, ask(crontabs).body.items[0].spec], [read, read]);
  assert.equal(shown.metadata.managedFields.length, 1);
  assert.deepEqual(ask(`${crontabs.replace("/v1/", "/v1beta1/")}/a`).body.spec, read);
  const again = lab.http(`${crontabs}?watch=1`, { method: "GET" });
  assert.deepEqual(JSON.parse(again.body().split("\n")[0] ?? "").object.spec, read);
  // What was read so is not written: with another default another thing is read.
  change([{ op: "replace", path: `${path}/zone/default`, value: "CET" }]);
  assert.equal(ask(`${crontabs}/a`).body.spec.zone, "CET");
  // Who writes it writes what was read.
  const { body } = ask(`${crontabs}/a`);
  const headers = { "content-type": "application/json" };
  const put = ask(`${crontabs}/a`, { method: "PUT", headers, body: JSON.stringify(body) });
  assert.notEqual(put.body.metadata.resourceVersion, body.metadata.resourceVersion);
  change([{ op: "remove", path: `${path}/zone/default` }]);
  assert.equal(ask(`${crontabs}/a`).body.spec.zone, "CET");
  assert.equal(watch.body().trim().split("\n").length, 1, "it ended when the definition said something else");
});

test("OpenAPI shows a schema under the name of its group, version and kind, in the words of each edition", () => {
  const lab = createLab();
  const name = "com.example.stable.v1.CronTab";
  const properties = {
    spec: {
      type: "object",
      required: ["not", "x"],
      properties: {
        not: { type: "string", default: "a", anyOf: [{ minLength: 1 }] },
        x: { type: "string", nullable: true },
        free: { type: "object", "x-kubernetes-preserve-unknown-fields": true, properties: { a: { type: "string" } } },
        pod: { type: "object", "x-kubernetes-embedded-resource": true, properties: { spec: { type: "object" } } },
      },
    },
  };
  const written = { type: "object", description: "A table.", properties };
  const versions = [
    { ...version, schema: { openAPIV3Schema: written } },
    {
      ...version,
      name: "v1beta1",
      storage: false,
      schema: { openAPIV3Schema: { ...written, "x-kubernetes-preserve-unknown-fields": true } },
    },
  ];
  assert.equal(lab.http(definitions, post({ ...definition, spec: { ...definition.spec, versions } })).code(), 201);
  const read = (url: string) => JSON.parse(lab.http(url).body());
  const v2 = read("/openapi/v2").definitions;
  const { metadata, ...common } = v2[name].properties.spec.properties.pod.properties;
  assert.deepEqual(metadata.$ref, "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
  assert.match(v2[name].properties.apiVersion.description, /^APIVersion defines/);
  assert.deepEqual(v2[name].properties.spec, {
    type: "object",
    required: ["not"],
    properties: {
      not: { type: "string", default: "a" },
      x: {},
      free: { "x-kubernetes-preserve-unknown-fields": true },
      pod: { type: "object", "x-kubernetes-embedded-resource": true, properties: { ...common, metadata } },
    },
  });
  assert.deepEqual([Object.keys(common), v2[name].description], [["spec", "apiVersion", "kind"], "A table."]);
  assert.deepEqual(v2["com.example.stable.v1beta1.CronTab"], {
    type: "object",
    "x-kubernetes-group-version-kind": [{ group, kind: "CronTab", version: "v1beta1" }],
  });
  assert.equal(v2[`${name}List`].properties.items.items.$ref, `#/definitions/${name}`);
  const { components, paths } = read(`/openapi/v3/apis/${group}/v1`);
  assert.deepEqual(components.schemas[name].properties.spec.properties.not, properties.spec.properties.not);
  const content = paths[`${crontabs.replace("default", "{namespace}")}/{name}`].get.responses[200].content;
  assert.equal(content["application/json"].schema.$ref, `#/components/schemas/${name}`);
});
