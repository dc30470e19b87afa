import { assert, test } from "../../../properties/house/test.ts";
import type { Fields } from "../types.ts";
import { applyObject } from "./apply.ts";
import { tellConflicts } from "./conflicts.ts";
import { encodeSet } from "./field_set.ts";
import { structShape } from "./kind_shape.ts";
import { applyWithLastApplied } from "./last_applied.ts";
import { encodeEntries, type Managers } from "./managers.ts";
import { trackUpdate } from "./track.ts";
import type { Writer } from "./writer.ts";
import { zeroObject } from "./zero.ts";

type Maker = (spec: Fields, metadata?: Fields) => Fields;

/** An object of a kind, and what writers make of it one after the other. */
function stage(kind: string, { group = "", reset = {} } = {}) {
  const schema = `io.k8s.api.${group || "core"}.v1.${kind}`;
  const shape = structShape(schema);
  const apiVersion = group === "" ? "v1" : `${group}/v1`;
  const head = { apiVersion, kind };
  const zero: Fields = { ...head, ...zeroObject(schema) };
  let [object, managers, seconds]: [Fields, Managers, number] = [zero, new Map(), 0];
  const writer = (manager: string): Writer => ({
    ...{ manager, apiVersion, seconds: ++seconds, shape, reset },
    convert: (each, version) => (version === apiVersion ? { object: each, shape } : undefined),
  });
  const make: Maker = (spec, metadata = {}) => ({ ...head, metadata: { name: "n", ...metadata }, spec });
  return {
    make,
    object: () => object as { spec: Fields; metadata: Fields },
    managers: () => managers,
    update(manager: string, now: Fields) {
      managers = trackUpdate(managers, { live: object, now }, writer(manager));
      object = now;
    },
    /** Undefined when it went well, or what the applier is told. */
    apply(manager: string, config: Fields, { force = false, apply = applyObject } = {}): string | undefined {
      const made = apply({ live: object, zero, config, managers, force }, writer(manager));
      if (!made.ok) return tellConflicts(made.failure).message;
      ({ object, managers } = made.value);
      return undefined;
    },
    forget: () => {
      managers = new Map();
    },
    put: (now: Managers) => {
      managers = now;
    },
    owns(manager: string, operation = "Apply"): string | undefined {
      const found = [...managers.values()].find(
        ({ owner }) => owner.manager === manager && owner.operation === operation,
      );
      return found && encodeSet(found.owner.fields);
    },
  };
}

const ports = (...wanted: Fields[]): Fields => ({ ports: wanted });

test("applyObject() refuses to change what another has, names who and where, and takes it when it is forced to", () => {
  const { make, apply, update, object, owns } = stage("Deployment", { group: "apps" });
  apply("ci", make({ replicas: 2, paused: true }));
  update("kubectl-scale", make({ replicas: 3, paused: true }));
  assert.equal(owns("ci"), '{"f:spec":{"f:paused":{}}}');
  const message = 'Apply failed with 1 conflict: conflict with "kubectl-scale" using apps/v1: .spec.replicas';
  assert.equal(apply("ci", make({ replicas: 2, paused: true })), message);
  assert.equal(object().spec.replicas, 3);
  assert.equal(apply("ci", make({ replicas: 2 }), { force: true }), undefined);
  assert.deepEqual(object().spec, { replicas: 2 });
  assert.equal(owns("kubectl-scale", "Update"), undefined);
});

test("tellConflicts() lists managers in order, with the part through which they wrote", () => {
  const { make, apply, update } = stage("Deployment", { group: "apps" });
  apply("b", make({ replicas: 2 }));
  apply("a", make({ replicas: 2, paused: true }));
  update("hand", make({ replicas: 2, paused: true, minReadySeconds: 5 }));
  const message = apply("c", make({ replicas: 1, paused: false, minReadySeconds: 1 }));
  const lines = [
    'conflicts with "a":',
    "- .spec.paused",
    "- .spec.replicas",
    'conflicts with "b":',
    "- .spec.replicas",
  ];
  const rest = ['conflicts with "hand" using apps/v1:', "- .spec.minReadySeconds"];
  assert.equal(message, `Apply failed with 4 conflicts: ${[...lines, ...rest].join("\n")}`);
});

test("applyObject() takes away what its applier lets go, unless somebody else has it", () => {
  const { make, apply, object } = stage("Service");
  apply("a", make(ports({ port: 1, name: "one" }, { port: 2, name: "two" })));
  apply("b", make(ports({ port: 2, name: "two" })));
  apply("a", make(ports({ port: 1 })));
  assert.deepEqual(object().spec.ports, [{ port: 1 }, { port: 2, name: "two" }]);
  apply("b", make({ type: "ClusterIP" }));
  assert.deepEqual(object().spec, { ports: [{ port: 1 }], type: "ClusterIP" });
});

test("applyObject() takes a null for what it is, as generated manifests have their creationTimestamp", () => {
  const { make, apply, object } = stage("Deployment", { group: "apps" });
  assert.equal(apply("ci", make({ replicas: 2, paused: null }, { creationTimestamp: null })), undefined);
  assert.deepEqual(object().metadata, { name: "n", creationTimestamp: null });
  assert.equal(object().spec.paused, null);
});

test("applyObject() leaves what nobody owns, and what an update brought", () => {
  const { make, apply, update, object } = stage("Service");
  update("server", make({ clusterIP: "10.0.0.1", ports: [{ port: 1, protocol: "TCP", targetPort: 1 }] }));
  apply("a", make(ports({ port: 1, name: "x" })));
  apply("a", make({}));
  assert.deepEqual(object().spec, { clusterIP: "10.0.0.1", ports: [{ port: 1, protocol: "TCP", targetPort: 1 }] });
});

test("applyObject() has a selector as one whole: who changes any of it changes all", () => {
  const { make, apply, object, owns } = stage("Service");
  apply("a", make({ selector: { app: "x" } }));
  assert.equal(owns("a"), '{"f:spec":{"f:selector":{}}}');
  assert.match(apply("b", make({ selector: { tier: "y" } })) ?? "", /conflict with "a": \.spec\.selector$/);
  assert.equal(apply("b", make({ selector: { app: "x" } })), undefined);
  assert.equal(apply("a", make({ selector: { tier: "y" } }), { force: true }), undefined);
  assert.deepEqual(object().spec.selector, { tier: "y" });
  assert.equal(owns("b"), undefined);
});

test("applyObject() does not move the time of an apply that changes nothing, and who only agrees has none", () => {
  const { make, apply, managers } = stage("Deployment", { group: "apps" });
  apply("a", make({ replicas: 2 }));
  apply("a", make({ replicas: 2 }));
  apply("b", make({ replicas: 2 }));
  const times = encodeEntries(managers()).map(({ manager, time }) => [manager, time]);
  assert.deepEqual(times, [
    ["b", undefined],
    ["a", "1970-01-01T00:00:01Z"],
  ]);
});

test("applyObject() gives what was there before anybody was remembered to before-first-apply", () => {
  const { make, apply, update, forget, owns } = stage("Deployment", { group: "apps" });
  update("old", make({ replicas: 2, paused: true }));
  forget();
  assert.match(
    apply("a", make({ replicas: 1 })) ?? "",
    /conflict with "before-first-apply" using apps\/v1: \.spec\.replicas$/,
  );
  apply("a", make({ replicas: 1 }), { force: true });
  assert.equal(owns("before-first-apply", "Update"), '{"f:spec":{"f:paused":{}}}');
});

test("applyWithLastApplied() lets kubectl take over what it applied from the client's side, and nothing else", () => {
  const annotation = "kubectl.kubernetes.io/last-applied-configuration";
  const { make, apply, update, object } = stage("Deployment", { group: "apps" });
  const last = (spec: Fields) => ({ annotations: { [annotation]: `${JSON.stringify(make(spec))}\n` } });
  update("kubectl-client-side-apply", make({ replicas: 2, paused: true }, last({ replicas: 2, paused: true })));
  const migrate = { apply: applyWithLastApplied };
  assert.match(apply("ci", make({ replicas: 3 }), migrate) ?? "", /kubectl-client-side-apply/);
  assert.equal(apply("kubectl", make({ replicas: 3 }), migrate), undefined);
  assert.equal(object().spec.replicas, 3);
  const { annotations } = object().metadata as { annotations: Record<string, string> };
  assert.deepEqual(JSON.parse(annotations[annotation] ?? ""), make({ replicas: 3 }));
  update("hand", { ...object(), spec: { ...object().spec, replicas: 9 } });
  assert.match(apply("kubectl", make({ replicas: 3 }), migrate) ?? "", /conflict with "hand"/);
});

test("trackUpdate() gives a writer what it changes or adds, with dots for what comes to be", () => {
  const { make, update, owns } = stage("Deployment", { group: "apps" });
  const template = { metadata: { labels: { app: "x" } }, spec: { containers: [{ name: "c", image: "i" }] } };
  update(
    "kubectl",
    make({ replicas: 1, strategy: { type: "Recreate" }, template, selector: { matchLabels: { app: "x" } } }),
  );
  const labels = '"f:metadata":{"f:labels":{".":{},"f:app":{}}}';
  const containers = '"f:containers":{"k:{\\"name\\":\\"c\\"}":{".":{},"f:image":{},"f:name":{}}}';
  const spec = `"f:replicas":{},"f:selector":{},"f:strategy":{"f:type":{}},"f:template":{${labels},"f:spec":{${containers}}}`;
  assert.equal(owns("kubectl", "Update"), `{"f:spec":{${spec}}}`);
});

test("trackUpdate() does not give anybody what a write of its kind leaves as it was", () => {
  const { make, update, owns } = stage("Deployment", { group: "apps", reset: { "f:status": {} } });
  update("x", { ...make({ replicas: 1 }), status: { replicas: 1 } });
  assert.equal(owns("x", "Update"), '{"f:spec":{"f:replicas":{}}}');
});

test("trackUpdate() makes one of the oldest where more than ten have updated an object", () => {
  const { make, update, managers, owns } = stage("ConfigMap");
  const data: Record<string, string> = {};
  for (let index = 0; index < 14; index++) {
    data[`k${index}`] = "v";
    const { spec: _none, ...object } = make({});
    update(`m${index}`, { ...object, data: { ...data } });
  }
  assert.equal(managers().size, 10);
  const oldest = ["k0", "k1", "k2", "k3", "k4"].map((key) => `"f:${key}":{}`).join(",");
  assert.equal(owns("ancient-changes", "Update"), `{"f:data":{".":{},${oldest}}}`);
  assert.equal(owns("m5", "Update"), '{"f:data":{"f:k5":{}}}');
});

test("trackUpdate() forgets managers of versions that are not served any more", () => {
  const { make, update, managers, put } = stage("ConfigMap");
  const gone = { manager: "old", operation: "Update", apiVersion: "v0", fields: { "f:data": {} } } as const;
  put(new Map([["old", { owner: gone }]]));
  update("new", { ...make({}), data: { a: "1" } });
  assert.deepEqual(
    [...managers().values()].map(({ owner }) => owner.manager),
    ["new"],
  );
});

test("trackUpdate() sees as one whole what the schema has made one since", () => {
  const { make, update, owns, put } = stage("Service");
  const fields = { "f:spec": { "f:selector": { "f:app": {} } } };
  put(new Map([["x", { owner: { manager: "x", operation: "Update", apiVersion: "v1", fields } }]]));
  update("y", make({ type: "ClusterIP" }));
  assert.equal(owns("x", "Update"), '{"f:spec":{"f:selector":{}}}');
});
