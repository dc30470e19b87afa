import { assert, test } from "../../../properties/house/test.ts";
import { createControllerLab } from "../../../properties/stages/controllers/lab.ts";

const name = "kube-root-ca.crt";

test("rootCaCertificatePublisher gives each namespace the certificate, and puts right what is changed or taken away", () => {
  const lab = createControllerLab({ loops: ["root-ca-certificate-publisher"] });
  lab.call("create", "namespaces", { body: { apiVersion: "v1", kind: "Namespace", metadata: { name: "team" } } });
  const found = (namespace: string) => lab.one("configmaps", name, namespace);
  for (const namespace of ["default", "kube-system", "team"]) {
    assert.ok(
      lab.until(() => found(namespace) !== undefined),
      namespace,
    );
  }
  const { data, metadata } = found("team");
  assert.match(data["ca.crt"], /^-----BEGIN CERTIFICATE-----/);
  assert.match(metadata.annotations["kubernetes.io/description"], /^Contains a CA bundle/);
  const contentType = "application/merge-patch+json" as const;
  const change = (body: object) => lab.call("patch", "configmaps", { namespace: "team", name, body, contentType });
  change({ metadata: { annotations: null } });
  assert.ok(lab.until(() => found("team").metadata.annotations !== undefined));
  change({ data: { "ca.crt": "forged", more: "x" }, metadata: { labels: { mine: "kept" } } });
  assert.ok(lab.until(() => found("team").data["ca.crt"] === data["ca.crt"]));
  assert.deepEqual(found("team").data, data);
  assert.deepEqual(found("team").metadata.labels, { mine: "kept" });
  assert.deepEqual(found("team").metadata.annotations, metadata.annotations);
  lab.call("delete", "configmaps", { namespace: "team", name });
  assert.ok(lab.until(() => ![undefined, metadata.uid].includes(found("team")?.metadata.uid)));
});
