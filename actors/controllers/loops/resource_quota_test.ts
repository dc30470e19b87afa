import { assert, test } from "../../../properties/house/test.ts";
import { podNamed } from "../../../properties/stages/apiserver/lab.ts";
import { createControllerLab } from "../../../properties/stages/controllers/lab.ts";

const namespace = "default";
const loops = ["resource-quota", "replica-set", "custom-resource-definition"];

function stage() {
  const lab = createControllerLab({ loops, runsPods: false });
  const make = (plural: string, body: object) => lab.call("create", plural, { namespace, body });
  const quota = (hard: object, name = "q") =>
    make("resourcequotas", { apiVersion: "v1", kind: "ResourceQuota", metadata: { name }, spec: { hard } });
  const saysUsed = (used: object, name = "q") =>
    lab.until(() => JSON.stringify(lab.one("resourcequotas", name).status.used) === JSON.stringify(used), 10_000);
  return { lab, make, quota, saysUsed };
}

test("resourceQuota counts what is there, what comes and what goes, and follows the limits", () => {
  const { lab, make, quota, saysUsed } = stage();
  make("pods", podNamed("a"));
  quota({ pods: "2", "count/configmaps": "5", resourcequotas: "1" });
  assert.ok(saysUsed({ "count/configmaps": "0", pods: "1", resourcequotas: "1" }));
  make("configmaps", { metadata: { name: "c" } });
  assert.equal(make("pods", podNamed("b")).code, 201);
  assert.ok(saysUsed({ "count/configmaps": "1", pods: "2", resourcequotas: "1" }));
  assert.equal(make("pods", podNamed("c")).code, 403);
  lab.call("delete", "pods", { namespace, name: "a", query: { gracePeriodSeconds: "0" } });
  assert.ok(saysUsed({ "count/configmaps": "1", pods: "1", resourcequotas: "1" }));
  const contentType = "application/merge-patch+json";
  const status = { status: { phase: "Succeeded" } };
  lab.call("patch", "pods", { namespace, name: "b", subresource: "status", body: status, contentType });
  assert.ok(saysUsed({ "count/configmaps": "1", pods: "0", resourcequotas: "1" }));
  const spec = { hard: { pods: "7", "count/configmaps": null, resourcequotas: null } };
  lab.call("patch", "resourcequotas", { namespace, name: "q", body: { spec }, contentType });
  assert.ok(saysUsed({ pods: "0" }));
  assert.deepEqual(lab.one("resourcequotas", "q").status.hard, { pods: "7" });
});

test("resourceQuota counts custom resources from when their kind is there", () => {
  const { lab, quota, saysUsed } = stage();
  quota({ "count/widgets.example.com": "1" });
  const names = { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList" };
  const versions = [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }];
  const spec = { group: "example.com", scope: "Namespaced", names, versions };
  const metadata = { name: "widgets.example.com" };
  const body = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata, spec };
  assert.equal(lab.call("create", "customresourcedefinitions", { body }).code, 201);
  assert.ok(saysUsed({ "count/widgets.example.com": "0" }));
  const create = (name: string) =>
    lab.http(`/apis/example.com/v1/namespaces/${namespace}/widgets`, {
      method: "POST",
      body: JSON.stringify({ apiVersion: "example.com/v1", kind: "Widget", metadata: { name } }),
    });
  assert.equal(create("a").code(), 201);
  assert.ok(saysUsed({ "count/widgets.example.com": "1" }));
  assert.equal(create("b").code(), 403);
});

test("resourceQuota does not take back what was reserved a moment ago for what is not stored yet", () => {
  const { lab, quota, saysUsed } = stage();
  quota({ pods: "3" });
  assert.ok(saysUsed({ pods: "0" }));
  const contentType = "application/merge-patch+json";
  const reserved = { status: { used: { pods: "1" } } };
  lab.call("patch", "resourcequotas", { namespace, name: "q", subresource: "status", body: reserved, contentType });
  lab.call("patch", "resourcequotas", { namespace, name: "q", body: { spec: { hard: { pods: "4" } } }, contentType });
  lab.simulation.advance(200);
  assert.deepEqual(lab.one("resourcequotas", "q").status, { hard: { pods: "4" }, used: { pods: "1" } });
  assert.ok(saysUsed({ pods: "0" }));
});

test("a ReplicaSet that a quota stops says why", () => {
  const { lab, make, quota, saysUsed } = stage();
  quota({ pods: "1" });
  assert.ok(saysUsed({ pods: "0" }));
  const labels = { app: "web" };
  const template = { metadata: { labels }, spec: { containers: [{ name: "c", image: "web:1" }] } };
  const spec = { replicas: 2, selector: { matchLabels: labels }, template };
  make("replicasets", { apiVersion: "apps/v1", kind: "ReplicaSet", metadata: { name: "web" }, spec });
  assert.ok(lab.until(() => lab.one("replicasets", "web").status.conditions?.[0]?.type === "ReplicaFailure", 10_000));
  assert.match(lab.one("replicasets", "web").status.conditions[0].message, /exceeded quota: q, requested: pods=1/);
  assert.ok(
    lab.all("events").some(({ reason, message }) => reason === "FailedCreate" && /exceeded quota/.test(message)),
  );
  assert.equal(lab.all("pods").length, 1);
});
