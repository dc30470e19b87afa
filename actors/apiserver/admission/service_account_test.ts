import { assert, test } from "../../../properties/house/test.ts";
import { createLab, podNamed } from "../../../properties/stages/apiserver/lab.ts";

const mountPath = "/var/run/secrets/kubernetes.io/serviceaccount";

function stage() {
  const lab = createLab();
  const make = (plural: string, body: object, namespace = "default") => lab.call("create", plural, { namespace, body });
  const account = (name: string, more: object = {}, annotations: object = {}) =>
    make("serviceaccounts", { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, annotations }, ...more });
  const pod = (name: string, spec: object = {}, annotations: object = {}) => {
    const body = podNamed(name, { spec }) as { metadata: object };
    return make("pods", { ...body, metadata: { ...body.metadata, annotations } });
  };
  return { lab, make, account, pod };
}

test("a new pod has the token of its account, the authority's certificate and its namespace mounted", () => {
  const { pod } = stage();
  const mounted = { name: "own", mountPath, emptyDir: {} };
  const { spec } = pod("a", {
    initContainers: [{ name: "i", image: "web:1" }],
    containers: [
      { name: "c", image: "web:1" },
      { name: "d", image: "web:1", volumeMounts: [{ name: "own", mountPath }] },
    ],
    volumes: [{ name: mounted.name, emptyDir: {} }],
  }).body;
  const volume = spec.volumes[1];
  assert.match(volume.name, /^kube-api-access-[a-z0-9]{5}$/);
  assert.deepEqual(volume.projected, {
    defaultMode: 420,
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: "token" } },
      { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      {
        downwardAPI: {
          items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }],
        },
      },
    ],
  });
  const mount = { name: volume.name, readOnly: true, mountPath };
  assert.deepEqual(spec.containers[0].volumeMounts, [mount]);
  assert.deepEqual(spec.initContainers[0].volumeMounts, [mount]);
  assert.deepEqual(spec.containers[1].volumeMounts, [{ name: "own", mountPath }]);
  assert.deepEqual([spec.serviceAccountName, spec.serviceAccount], ["default", "default"]);
});

test("a pod or its account can do without the token; the pod has the last word, and nobody who needs none is given one", () => {
  const { account, pod } = stage();
  account("quiet", { automountServiceAccountToken: false });
  const volumes = (name: string, spec: object) => (pod(name, spec).body.spec.volumes ?? []).length;
  assert.equal(volumes("a", { automountServiceAccountToken: false }), 0);
  assert.equal(volumes("b", { serviceAccountName: "quiet" }), 0);
  assert.equal(volumes("c", { serviceAccountName: "quiet", automountServiceAccountToken: true }), 1);
  const volumeMounts = [{ name: "v", mountPath }];
  assert.equal(
    volumes("d", { containers: [{ name: "c", image: "web:1", volumeMounts }], volumes: [{ name: "v", emptyDir: {} }] }),
    1,
  );
});

test("a pod of an account that is not there is refused, that of a new namespace waits for its default account", () => {
  const { lab, make, pod } = stage();
  const stray = pod("stray", { serviceAccountName: "nobody" });
  assert.deepEqual(
    [stray.code, stray.body.message],
    [
      403,
      'pods "stray" is forbidden: error looking up service account default/nobody: serviceaccount "nobody" not found',
    ],
  );
  lab.call("create", "namespaces", { body: { apiVersion: "v1", kind: "Namespace", metadata: { name: "team" } } });
  const url = "/api/v1/namespaces/team/pods";
  const request = () => lab.begin(url, { method: "POST", body: JSON.stringify(podNamed("early")) });
  const early = request();
  lab.simulation.advance(500);
  const object = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default" } };
  assert.equal(make("serviceaccounts", object, "team").code, 201);
  lab.simulation.advance(500);
  assert.equal(early.code(), 201);
  lab.call("delete", "serviceaccounts", { namespace: "team", name: "default" });
  const late = request();
  lab.simulation.advance(3_000);
  assert.equal(late.code(), 403);
});

test("a pod is given the pull secrets of its account, unless it has some", () => {
  const { account, pod } = stage();
  account("puller", { imagePullSecrets: [{ name: "a" }, { name: "b" }] });
  const secrets = (name: string, spec: object) => pod(name, { serviceAccountName: "puller", ...spec }).body.spec;
  assert.deepEqual(secrets("a", {}).imagePullSecrets, [{ name: "a" }, { name: "b" }]);
  assert.deepEqual(secrets("b", { imagePullSecrets: [{ name: "c" }] }).imagePullSecrets, [{ name: "c" }]);
});

test("an account that limits Secrets lets its pods have only those that it lists", () => {
  const { account, pod } = stage();
  const limits = { "kubernetes.io/enforce-mountable-secrets": "true" };
  account("strict", { secrets: [{ name: "listed" }], imagePullSecrets: [{ name: "pull" }] }, limits);
  const refused = (name: string, spec: object) => pod(name, { serviceAccountName: "strict", ...spec }).body.message;
  const volumes = (secretName: string) => [{ name: "v", secret: { secretName } }];
  const why = "is not allowed because service account strict does not reference that";
  assert.equal(pod("a", { serviceAccountName: "strict", volumes: volumes("listed") }).code, 201);
  assert.match(
    refused("b", { volumes: volumes("other") }),
    RegExp(`volume with secret.secretName="other" ${why} secret`),
  );
  const env = [{ name: "V", valueFrom: { secretKeyRef: { name: "other", key: "k" } } }];
  assert.match(
    refused("c", { containers: [{ name: "c", image: "web:1", env }] }),
    RegExp(`container c with envVar V referencing secret.secretName="other" ${why} secret`),
  );
  assert.match(
    refused("d", { imagePullSecrets: [{ name: "other" }] }),
    RegExp(`imagePullSecrets\\[0\\].name="other" ${why} imagePullSecret`),
  );
});

test("a mirror pod has no account, and may have nothing that comes with one", () => {
  const { pod } = stage();
  const mirror = (name: string, spec: object = {}) =>
    pod(name, { nodeName: "n", ...spec }, { "kubernetes.io/config.mirror": "x" });
  const own = mirror("a");
  assert.deepEqual([own.code, own.body.spec.serviceAccountName, own.body.spec.volumes], [201, undefined, undefined]);
  const refused = (name: string, spec: object) => mirror(name, spec).body.message;
  assert.match(refused("b", { serviceAccountName: "default" }), /a mirror pod may not reference service accounts/);
  const secret = [{ name: "v", secret: { secretName: "s" } }];
  assert.match(refused("c", { volumes: secret }), /a mirror pod may not reference secrets/);
  const token = [{ name: "v", projected: { sources: [{ serviceAccountToken: { path: "token" } }] } }];
  assert.match(refused("d", { volumes: token }), /a mirror pod may not use ServiceAccountToken volume projections/);
});
