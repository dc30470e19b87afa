import { assert, test } from "../../../properties/house/test.ts";
import { createLab } from "../../../properties/stages/apiserver/lab.ts";
import type { WatchBox } from "../../../properties/stages/apiserver/watch_box.ts";

const contentType = "application/apply-patch+yaml";

function applier(fieldManager: string) {
  const lab = createLab();
  const at = { namespace: "default", contentType, query: { fieldManager } } as const;
  return {
    lab,
    apply: (plural: string, body: { metadata: { name: string } }, query = {}) =>
      lab.call("patch", plural, { ...at, name: body.metadata.name, body, query: { ...at.query, ...query } }),
  };
}

function service(...ports: object[]) {
  return { apiVersion: "v1", kind: "Service", metadata: { name: "s" }, spec: { selector: { app: "x" }, ports } };
}

function pod(container: object, spec = {}) {
  const containers = [{ name: "c", image: "i", ...container }];
  return { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec: { containers, ...spec } };
}

function deployment(container: object, spec = {}) {
  const labels = { app: "d" };
  const template = { metadata: { labels }, spec: pod(container).spec };
  const metadata = { name: "d" };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata,
    spec: { selector: { matchLabels: labels }, template, ...spec },
  };
}

test("patch() by apply tells ports apart by number and protocol, which is TCP unless it is said", () => {
  const { apply } = applier("test");
  const [tcp, udp] = [
    { name: "t", port: 443 },
    { name: "u", port: 443, protocol: "UDP" },
  ];
  const ports = (...wanted: object[]): string[] => {
    const { body } = apply("services", service(...wanted));
    return body.spec.ports.map((each: { port: number; protocol: string }) => `${each.port}/${each.protocol}`);
  };
  assert.deepEqual(ports(tcp), ["443/TCP"]);
  assert.deepEqual(ports(tcp, udp), ["443/TCP", "443/UDP"]);
  assert.deepEqual(ports({ ...tcp, protocol: "TCP" }, udp), ["443/TCP", "443/UDP"]);
  assert.deepEqual(ports(udp), ["443/UDP"]);
  assert.deepEqual(ports(udp, tcp), ["443/UDP", "443/TCP"]);
});

test("patch() by apply turns a value into valueFrom and one kind of probe, of volume, into another", () => {
  const { apply } = applier("helm");
  apply("deployments", deployment({ env: [{ name: "A", value: "1" }], livenessProbe: { httpGet: { port: 1 } } }));
  const valueFrom = { configMapKeyRef: { name: "m", key: "k" } };
  const changed = deployment({ env: [{ name: "A", valueFrom }], livenessProbe: { tcpSocket: { port: 2 } } });
  const { code, body } = apply("deployments", changed);
  assert.equal(code, 200, body.message);
  const [container] = body.spec.template.spec.containers;
  assert.deepEqual(container.env, [{ name: "A", valueFrom }]);
  assert.deepEqual([container.livenessProbe.httpGet, container.livenessProbe.tcpSocket], [undefined, { port: 2 }]);
});

test("patch() by apply leaves what others set or changed, and what another applies, too", () => {
  const { apply, lab } = applier("helm");
  const at = { namespace: "default", name: "d" };
  apply("deployments", deployment({}, { replicas: 2, paused: true }));
  lab.call("patch", "deployments", {
    ...at,
    contentType: "application/merge-patch+json",
    body: { metadata: { labels: { by: "hand" } } },
  });
  lab.call("update", "deployments", { ...at, subresource: "scale", body: { metadata: at, spec: { replicas: 5 } } });
  apply("deployments", deployment({}, { paused: true }), { fieldManager: "other" });
  const { body } = apply("deployments", deployment({}));
  assert.deepEqual([body.spec.replicas, body.spec.paused, body.metadata.labels], [5, true, { by: "hand" }]);
  const last = apply("deployments", deployment({}), { fieldManager: "other" });
  assert.equal(last.body.spec.paused, undefined);
});

test("patch() by apply of what somebody else makes in the same moment applies to what has been made", () => {
  const { lab } = applier("me");
  const apply = (field: string) => ({
    ...({ type: "api.request", verb: "patch", group: "", version: "v1", resource: "configmaps", contentType } as const),
    ...{ namespace: "default", name: "both", query: { fieldManager: field } },
    body: JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "both" }, data: { [field]: "1" } }),
  });
  const boxes = ["one", "other"].map((name) =>
    lab.simulation.spawnNow({ name, kind: "watchBox", input: { server: "apiserver-0", request: apply(name) } }),
  );
  lab.simulation.advance(50);
  assert.deepEqual(boxes.map((box) => (lab.simulation.dataOf(box) as WatchBox).code).sort(), [200, 201]);
  assert.deepEqual(lab.call("get", "configmaps", { namespace: "default", name: "both" }).body.data, {
    one: "1",
    other: "1",
  });
});

test("patch() by apply keeps entries in managedFields, and an apply of the same writes nothing", () => {
  const { apply } = applier("helm");
  const first = apply("services", service({ port: 53, protocol: "UDP" })).body;
  const [entry] = first.metadata.managedFields;
  const port = { ".": {}, "f:port": {}, "f:protocol": {} };
  assert.deepEqual([entry.manager, entry.operation, entry.apiVersion], ["helm", "Apply", "v1"]);
  assert.deepEqual(entry.fieldsV1, {
    "f:spec": { "f:ports": { 'k:{"port":53,"protocol":"UDP"}': port }, "f:selector": {} },
  });
  const again = apply("services", service({ port: 53, protocol: "UDP" })).body;
  assert.equal(again.metadata.resourceVersion, first.metadata.resourceVersion);
});

test("patch() by apply takes a selector as a whole and merges an object's finalizers as a set", () => {
  const { apply } = applier("helm");
  const map = (finalizers: string[]) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "m", finalizers },
  });
  apply("services", service({ port: 1 }));
  const other = { ...service({ port: 1 }), spec: { ...service({ port: 1 }).spec, selector: { tier: "y" } } };
  for (const no of [{}, { force: "False" }, { force: "0" }]) {
    assert.equal(apply("services", other, { fieldManager: "other", ...no }).code, 409);
  }
  // As Python's client writes it.
  const forced = apply("services", other, { fieldManager: "other", force: "True" });
  assert.deepEqual(forced.body.spec.selector, { tier: "y" });
  apply("configmaps", map(["a/b"]));
  const both = apply("configmaps", map(["c/d"]), { fieldManager: "other" }).body;
  assert.deepEqual(both.metadata.finalizers, ["a/b", "c/d"]);
});

test("patch() by apply refuses what has no type in Kubernetes' words", () => {
  const { apply } = applier("helm");
  const doubled = apply("services", service({ port: 1, protocol: "TCP" }, { port: 1 }));
  const head = "failed to create typed patch object (default/s; v1, Kind=Service): ";
  assert.equal(doubled.code, 500);
  assert.equal(doubled.body.message, `${head}.spec.ports: duplicate entries for key [port=1,protocol="TCP"]`);
  const unknown = apply("services", service({ port: 1, colour: 1 }));
  assert.equal(unknown.body.message, `${head}.spec.ports[port=1,protocol="TCP"].colour: field not declared in schema`);
  const unnamed = apply("deployments", deployment({ env: [{ value: "1" }] }));
  assert.match(
    unnamed.body.message,
    /env: element 0: associative list with keys has an element that omits key field "name"/,
  );
});

test("patch() by apply writes nothing when it says again what it said, though others have written meanwhile", () => {
  const { lab, apply } = applier("kubectl");
  const wanted = deployment({ env: [{ name: "A", value: "1" }] });
  apply("deployments", wanted);
  const at = { namespace: "default", name: "d", subresource: "status" } as const;
  const body = { status: { observedGeneration: 1, replicas: 1 } };
  const written = lab.call("patch", "deployments", { ...at, body, contentType: "application/merge-patch+json" });
  assert.equal(written.code, 200);
  lab.simulation.advance(5_000);
  const again = apply("deployments", wanted);
  assert.equal(again.body.metadata.resourceVersion, written.body.metadata.resourceVersion);
});
