import { assert, test } from "../../../properties/house/test.ts";
import { createLab, podNamed } from "../../../properties/stages/apiserver/lab.ts";

test("create() and patch() warn of a template when it is new, and only then", () => {
  const lab = createLab();
  const env = [
    { name: "X", value: "1" },
    { name: "X", value: "2" },
  ];
  const labels = { app: "d" };
  const template = { metadata: { labels }, spec: { containers: [{ name: "c", image: "i", env }] } };
  const body = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "d" },
    spec: { selector: { matchLabels: labels }, template },
  };
  const made = lab.call("create", "deployments", { namespace: "default", body });
  assert.equal(made.warnings.length, 1);
  assert.match(made.warnings[0] ?? "", /^spec\.template\.spec\.containers\[0\]\.env\[1\]: hides previous/);
  const patch = (changes: object) =>
    lab.call("patch", "deployments", {
      namespace: "default",
      name: "d",
      body: changes,
      contentType: "application/merge-patch+json",
    }).warnings.length;
  assert.equal(patch({ metadata: { labels: { a: "b" } } }), 0);
  assert.equal(patch({ spec: { replicas: 2 } }), 1);
});

test("create() survives an object that is worth a warning in hundreds of thousands of places", () => {
  const lab = createLab();
  const env = Array.from({ length: 200_000 }, () => ({ name: "A" }));
  const body = { ...podNamed("p"), spec: { containers: [{ name: "c", image: "i", env }] } };
  const made = lab.call("create", "pods", { namespace: "default", body });
  const contentType = "application/merge-patch+json";
  const labelled = { metadata: { labels: { a: "b" } } };
  const changed = lab.call("patch", "pods", { namespace: "default", name: "p", contentType, body: labelled });
  assert.equal(made.code, 201);
  assert.match(made.warnings[0] ?? "", /^spec\.containers\[0\]\.env\[1\]: hides/);
  assert.ok(made.warnings.length > 100 && made.warnings.length <= 1_000, "as many as an answer may have room for");
  assert.deepEqual([changed.code, changed.warnings], [200, []], "who changes a pod is not warned");
});

test("create() warns of names from which no host's name can be made, but where that cannot be", () => {
  const lab = createLab();
  const why = "which can result in surprising behavior; a DNS label is recommended: [must not contain dots]";
  const pod = lab.call("create", "pods", { namespace: "default", body: podNamed("p.q") });
  assert.deepEqual(pod.warnings, [`metadata.name: this is used in the Pod's hostname, ${why}`]);
  const labels = { a: "b" };
  const template = { metadata: { labels }, spec: { containers: [{ name: "c", image: "i" }] } };
  const body = {
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "d.e" } },
    spec: { selector: { matchLabels: labels }, template },
  };
  const made = lab.call("create", "deployments", { namespace: "default", body });
  assert.deepEqual(made.warnings, [`metadata.name: this is used in Pod names and hostnames, ${why}`]);
  const set = {
    ...body,
    kind: "StatefulSet",
    metadata: { name: "s" },
    spec: { ...body.spec, revisionHistoryLimit: -1 },
  };
  assert.deepEqual(lab.call("create", "statefulsets", { namespace: "default", body: set }).warnings, [
    "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended",
  ]);
});

test("handleRequest() tells who asks for Endpoints that they are deprecated", () => {
  const lab = createLab();
  const { headers } = lab.http("/api/v1/namespaces/default/endpoints");
  const warning = Object.entries(headers() ?? {}).find(([name]) => name.toLowerCase() === "warning");
  assert.match(
    String(warning?.[1]),
    /v1 Endpoints is deprecated in v1\.33\+; use discovery\.k8s\.io\/v1 EndpointSlice/,
  );
});
