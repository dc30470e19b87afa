import { assert, test } from "../../../properties/house/test.ts";
import { registry } from "../registry.ts";
import { decodeFields, strictDecodingError } from "./decode.ts";

function kindOf(plural: string, group = ""): { kind: string; version: string; schema: string } {
  const kind = registry.byPlural({ group, version: "v1", plural });
  assert.ok(kind);
  return { kind: kind.kind, version: "v1", schema: kind.schema };
}

const pods = kindOf("pods");
const deployments = kindOf("deployments", "apps");
const container = { name: "c", image: "i" };

function errorOf(kind: typeof pods, data: unknown): string {
  const decoded = decodeFields(kind, data);
  return decoded.ok ? "" : decoded.failure.text;
}

test("decodeFields() finds and drops unknown fields, with their paths", () => {
  const data = {
    spec: { foo: 1, containers: [container, { ...container, bar: {}, ports: [{ containerPort: 1, x: 2 }] }] },
  };
  const decoded = decodeFields(pods, data);
  assert.ok(decoded.ok);
  assert.deepEqual(decoded.value.unknownFields, [
    "spec.foo",
    "spec.containers[1].bar",
    "spec.containers[1].ports[0].x",
  ]);
  assert.deepEqual(decoded.value.object, {
    metadata: { name: "" },
    spec: { containers: [container, { ...container, ports: [{ containerPort: 1 }] }] },
    status: {},
  });
  assert.equal(
    strictDecodingError(pods, 'strict decoding error: unknown field "spec.foo", unknown field "spec.bar"'),
    'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.foo", unknown field "spec.bar"',
  );
});

test("decodeFields() refuses wrong types in the words of a real server", () => {
  const head = 'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal';
  const template = (env: unknown): unknown => ({
    spec: { template: { spec: { containers: [{ ...container, env }] } } },
  });
  assert.equal(
    errorOf(deployments, { spec: { replicas: "3" } }),
    `${head} string into Go struct field DeploymentSpec.spec.replicas of type int32`,
  );
  assert.equal(
    errorOf(deployments, { spec: { replicas: 1.5 } }),
    `${head} number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32`,
  );
  assert.equal(
    errorOf(deployments, template([{ name: "A", value: 1 }])),
    `${head} number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string`,
  );
  assert.equal(
    errorOf(deployments, template({})),
    `${head} object into Go struct field Container.spec.template.spec.containers.env of type []v1.EnvVar`,
  );
  assert.equal(errorOf(deployments, []), `${head} array into Go value of type v1.Deployment`);
});

test("decodeFields() writes amounts and times in their canonical form", () => {
  const resources = { limits: { cpu: "1000m", memory: "1024Ki" }, requests: { cpu: 0.5 } };
  const metadata = { name: "x", creationTimestamp: "2024-01-02T03:04:05.678+01:00" };
  const decoded = decodeFields(pods, { metadata, spec: { containers: [{ ...container, resources }] } });
  assert.ok(decoded.ok);
  assert.deepEqual(decoded.value.object, {
    metadata: { name: "x", creationTimestamp: "2024-01-02T02:04:05Z" },
    spec: {
      containers: [{ ...container, resources: { limits: { cpu: "1", memory: "1Mi" }, requests: { cpu: "500m" } } }],
    },
    status: {},
  });
  const bad = (amount: unknown): string =>
    errorOf(pods, { spec: { containers: [{ ...container, resources: { limits: { cpu: amount } } }] } });
  assert.match(
    bad("lots"),
    /^Pod in version "v1" cannot be handled as a Pod: quantities must match the regular expression/,
  );
  assert.match(bad("1ki"), /unable to parse quantity's suffix$/);
});

test("decodeFields() drops nulls and empty lists, and fills in what Go always writes", () => {
  const decoded = decodeFields(pods, {
    metadata: { name: "x", creationTimestamp: null, labels: {}, finalizers: [] },
    spec: { nodeName: null, containers: [{ image: "i", ports: [{}] }], volumes: [{ name: "v", emptyDir: {} }] },
  });
  assert.ok(decoded.ok);
  assert.deepEqual(decoded.value.object, {
    metadata: { name: "x" },
    spec: {
      containers: [{ name: "", image: "i", ports: [{ containerPort: 0 }] }],
      volumes: [{ name: "v", emptyDir: {} }],
    },
    status: {},
  });
});

test("decodeFields() refuses data that is no base64", () => {
  const secrets = kindOf("secrets");
  assert.ok(decodeFields(secrets, { data: { a: "YWJj" } }).ok);
  assert.match(errorOf(secrets, { data: { a: "YW j" } }), /illegal base64 data at input byte 2$/);
});

test("decodeFields() decodes an empty object of every kind, and its rules hold without failing", () => {
  for (const kind of registry.kinds) {
    const decoded = decodeFields(
      { kind: kind.kind, version: "v1", schema: kind.schema },
      { apiVersion: "v1", kind: kind.kind },
    );
    assert.ok(decoded.ok, kind.kind);
    kind.applyDefaults(decoded.value.object);
    kind.prepareForCreate(decoded.value.object);
    assert.ok(kind.validate(decoded.value.object).length > 0, `${kind.kind} needs a name at least`);
    for (const read of Object.values(kind.fieldSelectors)) assert.equal(typeof read(decoded.value.object), "string");
  }
});

test("decodeFields() keeps times of the year 1, and takes Go's zero time for none", () => {
  const kind = { kind: "Lease", version: "v1", schema: "io.k8s.api.coordination.v1.Lease" };
  const decoded = (renewTime: string) => {
    const made = decodeFields(kind, { metadata: {}, spec: { renewTime } });
    return made.ok
      ? (made.value.object as unknown as { spec: { renewTime?: string } }).spec.renewTime
      : made.failure.text;
  };
  assert.equal(decoded("0001-01-01T00:00:00.000001Z"), "0001-01-01T00:00:00.000001Z");
  assert.equal(decoded("0001-06-01T00:00:00+00:00"), "0001-06-01T00:00:00.000000Z");
  assert.equal(decoded("0001-01-01T00:00:00Z"), undefined);
});
