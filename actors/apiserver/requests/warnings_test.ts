import { createLab } from "../../../properties/apiserver_lab/lab.ts";
import { assert, test } from "../../../properties/test.ts";

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

test("handleRequest() tells who asks for Endpoints that they are deprecated", () => {
  const lab = createLab();
  const { headers } = lab.http("/api/v1/namespaces/default/endpoints");
  const warning = Object.entries(headers() ?? {}).find(([name]) => name.toLowerCase() === "warning");
  assert.match(
    String(warning?.[1]),
    /v1 Endpoints is deprecated in v1\.33\+; use discovery\.k8s\.io\/v1 EndpointSlice/,
  );
});
