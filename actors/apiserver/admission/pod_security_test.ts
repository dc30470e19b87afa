import { assert, test } from "../../../properties/house/test.ts";
import { createLab, podNamed } from "../../../properties/stages/apiserver/lab.ts";
import { deploymentNamed } from "../../../properties/stages/controllers/lab.ts";

const namespace = "team";

function stage(labels: object) {
  const lab = createLab();
  const contentType = "application/merge-patch+json";
  const label = (more: object) =>
    lab.call("patch", "namespaces", { name: namespace, body: { metadata: { labels: more } }, contentType });
  const made = lab.call("create", "namespaces", {
    body: { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } },
  });
  if (made.code === 201) {
    lab.call("create", "serviceaccounts", {
      namespace,
      body: { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default" } },
    });
  }
  const pod = (name: string, spec: object = {}) =>
    lab.call("create", "pods", { namespace, body: podNamed(name, { spec }) });
  return { lab, label, made, pod };
}

const enforce = "pod-security.kubernetes.io/enforce";

test("a pod that breaks its namespace's policy is refused, and a Deployment of such pods is told of it", () => {
  const { lab, pod } = stage({ [enforce]: "baseline" });
  assert.equal(pod("a").code, 201);
  const refused = pod("b", { hostNetwork: true });
  assert.deepEqual(
    [refused.code, refused.body.message],
    [403, 'pods "b" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)'],
  );
  const body = deploymentNamed("web", {
    template: {
      metadata: { labels: { app: "web" } },
      spec: { hostPID: true, containers: [{ name: "c", image: "x" }] },
    },
  });
  const deployment = lab.call("create", "deployments", { namespace, body });
  assert.deepEqual(
    [deployment.code, deployment.warnings],
    [201, ['would violate PodSecurity "baseline:latest": host namespaces (hostPID=true)']],
  );
  assert.equal(
    lab.call("create", "pods", { namespace: "default", body: podNamed("b", { spec: { hostNetwork: true } }) }).code,
    201,
  );
});

test("a namespace that becomes stricter tells of the pods that it has, and refuses labels that it cannot understand", () => {
  const { lab, label, pod } = stage({});
  for (const name of ["c", "a", "b"]) assert.equal(pod(name, name === "c" ? { hostPID: true } : {}).code, 201);
  assert.deepEqual(label({ [enforce]: "baseline" }).warnings, [
    'existing pods in namespace "team" violate the new PodSecurity enforce level "baseline:latest"',
    "c: host namespaces",
  ]);
  assert.match(
    label({ [enforce]: "restricted" }).warnings.join(),
    /a \(and 1 other pod\): allowPrivilegeEscalation != false, unrestricted capabilities, /,
  );
  assert.deepEqual(label({ [enforce]: "privileged" }).warnings, []);
  const wrong = label({ [enforce]: "none" });
  assert.deepEqual(
    [wrong.code, wrong.body.message],
    [
      422,
      `Namespace "team" is invalid: metadata.labels[${enforce}]: Invalid value: "none": must be one of privileged, baseline, restricted`,
    ],
  );
  assert.equal(stage({ [enforce]: "none" }).made.code, 422);
  assert.equal(
    lab.call("update", "pods", { namespace, name: "c", body: lab.call("get", "pods", { namespace, name: "c" }).body })
      .code,
    200,
  );
});
