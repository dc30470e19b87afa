import { isDeepStrictEqual } from "node:util";
import { assert, test } from "../../../properties/house/test.ts";
import { all } from "../../../properties/stages/apiserver/invalid/all.ts";
import { changed, type Table } from "../../../properties/stages/apiserver/invalid/row.ts";
import { createLab, type Lab } from "../../../properties/stages/apiserver/lab.ts";
import { registry } from "../../api/registry.ts";

interface Cause {
  readonly field: string;
  readonly message: string;
}

function told(lab: Lab, { plural, namespaced, base }: Table, object = base) {
  const place = namespaced ? { namespace: "default" } : {};
  const { code, body } = lab.call("create", plural, { ...place, body: object });
  const causes: readonly Cause[] = body.details?.causes ?? [];
  return {
    ...{ code, reason: body.reason, message: body.message },
    errors: causes.map(({ field, message }) => `${field}: ${message}`),
    stored: lab
      .call("list", plural, place)
      .body.items.some((each: { metadata: { name: string } }) => each.metadata.name === "x"),
  };
}

for (const table of all) {
  test(`${table.plural} that are wrong are refused in Kubernetes' words, and nothing is stored`, () => {
    const lab = createLab();
    const amiss: string[] = [];
    for (const [change, ...errors] of table.rows) {
      const { code, reason, errors: found, stored } = told(lab, table, changed(table.base, change));
      const isRight = code === 422 && reason === "Invalid" && !stored && isDeepStrictEqual(found, errors);
      if (!isRight)
        amiss.push(`${JSON.stringify(change)} is told ${code} ${found.join("; ")} and not ${errors.join("; ")}`);
    }
    assert.equal(amiss.join("\n"), "");
    const good = told(lab, table);
    assert.equal(good.code, 201, `what all of them are made from is good: ${good.message}`);
  });
}

const name =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const value =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const key =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const owner = { apiVersion: "v1", kind: "Pod", name: "o", uid: "u" };

/** What is wrong with metadata, whatever they are of. */
const metadata: readonly (readonly [metadata: object, error: string])[] = [
  [{ labels: { "a b": "" } }, `metadata.labels: Invalid value: "a b": ${key}`],
  [{ labels: { a: "b c" } }, `metadata.labels: Invalid value: "b c": ${value}`],
  [{ labels: { "/a": "" } }, 'metadata.labels: Invalid value: "/a": prefix part must be non-empty'],
  [{ annotations: { "a b": "" } }, `metadata.annotations: Invalid value: "a b": ${key}`],
  [{ annotations: { a: "x".repeat(262_144) } }, "metadata.annotations: Too long: may not be more than 262144 bytes"],
  [
    { finalizers: ["a"] },
    'metadata.finalizers: Invalid value: "a": name is neither a standard finalizer name nor is it fully qualified',
  ],
  [{ ownerReferences: [{ ...owner, uid: "" }] }, 'metadata.ownerReferences.uid: Invalid value: "": must not be empty'],
  [
    {
      ownerReferences: [
        { ...owner, controller: true },
        { ...owner, name: "p", uid: "v", controller: true },
      ],
    },
    "metadata.ownerReferences: Invalid value: ",
  ],
];

test("metadata that are wrong are refused in the same words for every kind, and nothing is stored", () => {
  const lab = createLab();
  const bases = new Map(all.map((table) => [table.plural, table]));
  let count = 0;
  for (const kind of registry.kinds) {
    const base = bases.get(kind.plural);
    if (!base || !kind.verbs.includes("create")) continue;
    for (const [wrong, error] of metadata) {
      const object = { ...base.base, metadata: { ...(base.base as { metadata: object }).metadata, ...wrong } };
      const { code, errors, stored } = told(lab, base, object);
      assert.ok(
        errors.some((each) => each.startsWith(error)),
        `${kind.plural} ${JSON.stringify(wrong).slice(0, 80)}: ${errors.join("\n")}`,
      );
      assert.deepEqual([code, stored], [422, false]);
      count++;
    }
  }
  assert.ok(count >= 200, String(count));
  const { errors } = told(
    lab,
    bases.get("pods") as Table,
    changed(bases.get("pods")?.base ?? {}, { "metadata.name": "A b" }),
  );
  assert.deepEqual(errors, [`metadata.name: Invalid value: "A b": ${name}`]);
});

/** What may not be changed of an object that is there, and what is told of it. */
const updates: readonly (readonly [plural: string, change: Record<string, unknown>, start: string])[] = [
  ["pods", { "spec.containers.0.name": "b" }, "spec: Forbidden: pod updates may not change fields other than "],
  [
    "pods",
    { "spec.containers.1": { name: "b", image: "b" } },
    "spec.containers: Forbidden: pod updates may not add or remove containers",
  ],
  [
    "deployments",
    { "spec.selector": { matchLabels: { a: "c" } }, "spec.template.metadata.labels": { a: "c" } },
    'spec.selector: Invalid value: {"matchLabels":{"a":"c"}}: field is immutable',
  ],
  [
    "replicasets",
    { "spec.selector": { matchLabels: { a: "c" } }, "spec.template.metadata.labels": { a: "c" } },
    'spec.selector: Invalid value: {"matchLabels":{"a":"c"}}: field is immutable',
  ],
  [
    "statefulsets",
    { "spec.serviceName": "other" },
    "spec: Forbidden: updates to statefulset spec for fields other than ",
  ],
  ["jobs", { "spec.completions": 9 }, "spec.completions: Invalid value: 9: field is immutable"],
  [
    "services",
    { "spec.clusterIP": "10.96.0.99", "spec.clusterIPs": ["10.96.0.99"] },
    "spec.clusterIPs[0]: Invalid value: ",
  ],
  [
    "endpointslices",
    { addressType: "IPv6", "endpoints.0.addresses": ["::2"] },
    'addressType: Invalid value: "IPv6": field is immutable',
  ],
  [
    "persistentvolumeclaims",
    { "spec.accessModes": ["ReadWriteMany"] },
    "spec: Forbidden: spec is immutable after creation except ",
  ],
  ["persistentvolumes", { "spec.hostPath.path": "/b" }, "spec.persistentvolumesource: Forbidden: "],
  ["storageclasses", { provisioner: "a/c" }, "provisioner: Forbidden: updates to provisioner are forbidden."],
  ["storageclasses", { parameters: { a: "b" } }, "parameters: Forbidden: updates to parameters are forbidden."],
  [
    "rolebindings",
    { "roleRef.name": "edit" },
    'roleRef: Invalid value: {"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"edit"}: cannot change roleRef',
  ],
  ["priorityclasses", { value: 2 }, "value: Forbidden: may not be changed in an update."],
  [
    "resourcequotas",
    { "spec.scopes": ["BestEffort"] },
    'spec.scopes: Invalid value: ["BestEffort"]: field is immutable',
  ],
  ["secrets", { type: "Other" }, 'type: Invalid value: "Other": field is immutable'],
  ["csidrivers", { "spec.attachRequired": false }, "spec.attachRequired: Invalid value: false: field is immutable"],
];

test("changes that may not be are refused in Kubernetes' words, and the object stays as it was", () => {
  const lab = createLab();
  const amiss: string[] = [];
  const made = new Map<string, { metadata: { resourceVersion: string } }>();
  for (const [plural, change, start] of updates) {
    const { base, namespaced } = all.find((each) => each.plural === plural) as Table;
    const place = { name: "x", ...(namespaced ? { namespace: "default" } : {}) };
    if (!made.has(plural)) made.set(plural, lab.call("create", plural, { ...place, body: base }).body);
    const now = made.get(plural) ?? { metadata: { resourceVersion: "" } };
    const { code, body } = lab.call("update", plural, { ...place, body: changed(now, change) });
    const found: readonly Cause[] = body.details?.causes ?? [];
    const isTold = found.some(({ field, message }) => `${field}: ${message}`.startsWith(start));
    const kept = lab.call("get", plural, place).body.metadata.resourceVersion === now.metadata.resourceVersion;
    if (code !== 422 || !isTold || !kept) amiss.push(`${plural} is told ${code} ${body.message} and not ${start}`);
  }
  assert.equal(amiss.join("\n"), "");
});
