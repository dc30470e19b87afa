import { assert, test } from "../../../properties/house/test.ts";
import { createLab } from "../../../properties/stages/apiserver/lab.ts";

const inDefault = { namespace: "default" } as const;
const merge = "application/merge-patch+json" as const;
const json = "application/json-patch+json" as const;
const applied = "application/apply-patch+yaml" as const;

interface Entry {
  readonly manager: string;
  readonly operation: string;
  readonly apiVersion: string;
  readonly subresource?: string;
  readonly time?: string;
  readonly fieldsV1: object;
}

type Owned = { readonly metadata: { readonly managedFields?: readonly Entry[] } };

/** Who owns something, and through which part. */
const who = ({ metadata }: Owned) =>
  (metadata.managedFields ?? []).map(({ manager, operation, subresource = "" }) =>
    [manager, operation, subresource].filter((each) => each !== "").join(" "),
  );
const fieldsOf = ({ metadata }: Owned, manager: string) =>
  metadata.managedFields?.find((each) => each.manager === manager)?.fieldsV1;

function deployment(spec: object = {}) {
  const labels = { app: "d" };
  const template = { metadata: { labels }, spec: { containers: [{ name: "c", image: "i" }] } };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "d" },
    spec: { replicas: 2, selector: { matchLabels: labels }, template, ...spec },
  };
}

function stage() {
  const lab = createLab();
  const map = { ...inDefault, name: "m" };
  const at = { ...inDefault, name: "d" };
  lab.call("create", "configmaps", {
    ...inDefault,
    body: { metadata: { name: "m" }, data: { a: "1" } },
    query: { fieldManager: "maker" },
  });
  return { lab, map, at };
}

test("who creates an object owns what it has and what it is filled up with, but not what Go has anyway", () => {
  const { lab } = stage();
  const body = deployment();
  const made = lab.call("create", "deployments", {
    ...inDefault,
    body,
    query: { fieldManager: "kubectl-create" },
  }).body;
  assert.deepEqual(who(made), ["kubectl-create Update"]);
  const container = {
    ...{ ".": {}, "f:image": {}, "f:imagePullPolicy": {}, "f:name": {}, "f:resources": {} },
    ...{ "f:terminationMessagePath": {}, "f:terminationMessagePolicy": {} },
  };
  const pod = {
    "f:containers": { 'k:{"name":"c"}': container },
    ...{ "f:dnsPolicy": {}, "f:restartPolicy": {}, "f:schedulerName": {}, "f:securityContext": {} },
    "f:terminationGracePeriodSeconds": {},
  };
  assert.deepEqual(fieldsOf(made, "kubectl-create"), {
    "f:spec": {
      ...{ "f:progressDeadlineSeconds": {}, "f:replicas": {}, "f:revisionHistoryLimit": {}, "f:selector": {} },
      "f:strategy": { "f:rollingUpdate": { ".": {}, "f:maxSurge": {}, "f:maxUnavailable": {} }, "f:type": {} },
      "f:template": { "f:metadata": { "f:labels": { ".": {}, "f:app": {} } }, "f:spec": pod },
    },
  });
});

test("who changes something owns it from then on, and nobody is forgotten by an update that says nothing of it", () => {
  const { lab, map } = stage();
  const patched = lab.call("patch", "configmaps", {
    ...map,
    contentType: merge,
    body: { data: { b: "2" } },
    query: { fieldManager: "x" },
  });
  assert.deepEqual(who(patched.body), ["maker Update", "x Update"]);
  const body = { metadata: { name: "m" }, data: { a: "1", b: "3" } };
  const updated = lab.call("update", "configmaps", { ...map, body, query: { fieldManager: "y" } }).body;
  assert.deepEqual(who(updated), ["maker Update", "y Update"]);
  assert.deepEqual(fieldsOf(updated, "maker"), { "f:data": { ".": {}, "f:a": {} } });
  assert.deepEqual(fieldsOf(updated, "y"), { "f:data": { "f:b": {} } });
});

test("a write that changes nothing moves no time and no version", () => {
  const { lab, map } = stage();
  const before = lab.call("get", "configmaps", map).body;
  lab.simulation.advance(5_000);
  const body = { metadata: { name: "m" }, data: { a: "1" } };
  const after = lab.call("update", "configmaps", { ...map, body, query: { fieldManager: "other" } }).body;
  assert.deepEqual(after, before);
});

test("an apply that says the same in other words moves no time and no version", () => {
  const { lab, at } = stage();
  const { spec } = deployment();
  const containers = [{ name: "c", image: "i", resources: { requests: { cpu: "1000m" } } }];
  const body = { ...deployment(), spec: { ...spec, template: { ...spec.template, spec: { containers } } } };
  const apply = () =>
    lab.call("patch", "deployments", { ...at, contentType: applied, body, query: { fieldManager: "ci" } }).body;
  const before = apply();
  lab.simulation.advance(5_000);
  assert.deepEqual(apply(), before);
});

test("what Go has anyway is owned by who says something else, though all else be the same", () => {
  const { lab } = stage();
  const ownedFor = (name: string, value: number) => {
    const body = { metadata: { name }, value };
    const made = lab.call("create", "priorityclasses", { body, query: { fieldManager: "x" } });
    return [made.code, Object.keys(fieldsOf(made.body, "x") ?? {})];
  };
  assert.deepEqual(ownedFor("none", 0), [201, ["f:preemptionPolicy"]]);
  assert.deepEqual(ownedFor("five", 5), [201, ["f:preemptionPolicy", "f:value"]]);
});

test("a status that is written belongs to its writer as the part status, and what it says of the rest does not", () => {
  const { lab, at } = stage();
  lab.call("create", "deployments", { ...inDefault, body: deployment(), query: { fieldManager: "maker" } });
  const body = { spec: { replicas: 9 }, status: { replicas: 1 } };
  const written = lab.call("patch", "deployments", {
    ...{ ...at, subresource: "status", contentType: merge, body, query: { fieldManager: "loop" } },
  }).body;
  assert.deepEqual(who(written), ["loop Update status", "maker Update"]);
  assert.deepEqual(fieldsOf(written, "loop"), { "f:status": { "f:replicas": {} } });
});

test("a scale takes the replicas from who had them, and an apply that wants them back is told by whom", () => {
  const { lab, at } = stage();
  const apply = (query = {}) =>
    lab.call("patch", "deployments", {
      ...at,
      contentType: applied,
      body: deployment(),
      query: { fieldManager: "ci", ...query },
    });
  apply();
  const body = { metadata: at, spec: { replicas: 3 } };
  lab.call("update", "deployments", { ...at, subresource: "scale", body, query: { fieldManager: "kubectl" } });
  const scaled = lab.call("get", "deployments", at).body;
  assert.deepEqual(who(scaled), ["ci Apply", "kubectl Update scale"]);
  assert.deepEqual(fieldsOf(scaled, "kubectl"), { "f:spec": { "f:replicas": {} } });
  const refused = apply();
  const message = 'conflict with "kubectl" with subresource "scale" using apps/v1';
  assert.equal(refused.code, 409);
  assert.equal(refused.body.message, `Apply failed with 1 conflict: ${message}: .spec.replicas`);
  assert.deepEqual(refused.body.details.causes, [{ reason: "FieldManagerConflict", message, field: ".spec.replicas" }]);
  const forced = apply({ force: "true" }).body;
  assert.deepEqual([forced.spec.replicas, who(forced)], [2, ["ci Apply"]]);
});

test("managedFields that a client sets are kept, an empty list clears them, and what cannot be read is passed over", () => {
  const { lab, map } = stage();
  const set = (managedFields: unknown) =>
    lab.call("patch", "configmaps", { ...map, contentType: merge, body: { metadata: { managedFields } } }).body;
  assert.deepEqual(who(set([{ manager: "x", operation: "Nonsense" }])), ["maker Update"]);
  const given = { manager: "given", operation: "Apply", apiVersion: "v1", fieldsType: "FieldsV1" };
  assert.deepEqual(who(set([{ ...given, fieldsV1: { "f:data": { "f:a": {} } } }])), ["given Apply"]);
  const test = [
    { op: "test", path: "/metadata/managedFields/0/manager", value: "given" },
    { op: "replace", path: "/metadata/managedFields/0/manager", value: "renamed" },
  ];
  assert.deepEqual(who(lab.call("patch", "configmaps", { ...map, contentType: json, body: test }).body), [
    "renamed Apply",
  ]);
  assert.deepEqual(who(set([])), []);
  const later = lab.call("patch", "configmaps", { ...map, contentType: merge, body: { data: { z: "1" } } }).body;
  assert.deepEqual(who(later), [], "nobody is remembered of what was cleared");
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "m" }, data: { q: "1" } };
  const tracked = lab.call("patch", "configmaps", {
    ...map,
    contentType: applied,
    body,
    query: { fieldManager: "ci" },
  }).body;
  assert.deepEqual(who(tracked), ["ci Apply", "before-first-apply Update"]);
  assert.deepEqual(who(set([{}])), []);
});

test("who names no manager is known by the first part of its program's name", () => {
  const { lab } = stage();
  const body = JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "h" }, data: { a: "1" } });
  const headers = { "content-type": "application/json", "user-agent": "my-controller/v1 (linux/amd64) abc" };
  const made = lab.http("/api/v1/namespaces/default/configmaps", { method: "POST", headers, body }).body();
  assert.deepEqual(who(JSON.parse(made)), ["my-controller Update"]);
});

test("a dry run shows who would own what, and nothing of it is kept", () => {
  const { lab, map } = stage();
  const query = { fieldManager: "x", dryRun: "All" };
  const shown = lab.call("patch", "configmaps", { ...map, contentType: merge, body: { data: { b: "2" } }, query }).body;
  assert.deepEqual(who(shown), ["maker Update", "x Update"]);
  assert.deepEqual(who(lab.call("get", "configmaps", map).body), ["maker Update"]);
});

test("an apply names the version and kind that the path has", () => {
  const { lab, at } = stage();
  const body = { ...deployment(), apiVersion: "apps/v1beta1" };
  const refused = lab.call("patch", "deployments", {
    ...at,
    contentType: applied,
    body,
    query: { fieldManager: "ci" },
  });
  assert.deepEqual([refused.code, refused.body.message], [400, "invalid object type: apps/v1beta1, Kind=Deployment"]);
});

test("lists, watches and answers to components show the same owners or none, and what is stored is short", () => {
  const { lab, map } = stage();
  const box = lab.watch("configmaps", inDefault);
  const listed = lab
    .call("list", "configmaps", inDefault)
    .body.items.find((each: Owned & { metadata: { name: string } }) => each.metadata.name === "m");
  assert.deepEqual(who(listed), ["maker Update"]);
  const watched = box.events.map(({ object }) => JSON.parse(object)).find((each) => each.metadata.name === "m");
  assert.deepEqual(watched, { ...listed, apiVersion: "v1", kind: "ConfigMap" });
  const packed = lab.call("get", "configmaps", { ...map, managedFields: "packed" }).body;
  assert.equal(packed.metadata.managedFields, undefined);
});
