import type { Pod } from "../../actors/api/types.ts";
import { realTrust } from "../../actors/signing/judge_device.ts";
import { assert, test } from "../../properties/house/test.ts";
import { smallCluster } from "../../properties/stages/cluster/small_cluster.ts";

const group = "cert-manager.io";
const namespace = "default";
const rbac = "rbac.authorization.k8s.io";
const registration = "admissionregistration.k8s.io";

interface Certificate {
  readonly status?: {
    readonly revision?: number;
    readonly notAfter?: string;
    readonly conditions: readonly { readonly status: string; readonly message: string }[];
  };
}

test("cert-manager's own images sign, judge and inject: an authority, what it signs, what its issuer cannot do, and who is to be trusted", async () => {
  await using lab = await smallCluster();
  const { api, create, until } = lab;
  const kinds = {
    Certificate: "Namespaced",
    Issuer: "Namespaced",
    CertificateRequest: "Namespaced",
    ClusterIssuer: "Cluster",
  };
  const openAPIV3Schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  for (const [kind, scope] of Object.entries(kinds)) {
    const plural = `${kind.toLowerCase()}s`;
    const versions = [
      { name: "v1", served: true, storage: true, schema: { openAPIV3Schema }, subresources: { status: {} } },
    ];
    const spec = { group, scope, names: { kind, plural }, versions };
    const definition = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", spec };
    await create({ ...definition, metadata: { name: `${plural}.${group}` } }, "customresourcedefinitions");
  }
  const metadata = { name: "cm" };
  const rules = ["", group, registration, "apiextensions.k8s.io", "apiregistration.k8s.io"].map((each) => ({
    ...{ apiGroups: [each], resources: ["*"], verbs: ["get", "list", "watch", "create", "update"] },
  }));
  await create({ apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata, rules }, "clusterroles");
  const roleRef = { apiGroup: rbac, kind: "ClusterRole", name: "cm" };
  const subjects = [{ kind: "ServiceAccount", name: "default", namespace }];
  const binding = { apiVersion: `${rbac}/v1`, kind: "ClusterRoleBinding", metadata, subjects, roleRef };
  await create(binding, "clusterrolebindings");

  const part = async (name: string, args: readonly string[], more: object = {}) => {
    const containers = [{ name, image: `quay.io/jetstack/cert-manager-${name}:v1.18.2`, args }];
    const labels = { part: name };
    const spec = { containers, securityContext: { runAsNonRoot: true }, ...more };
    await create({ apiVersion: "v1", kind: "Pod", metadata: { name, labels }, spec }, "pods");
  };
  const serving = [
    "ca-secret-namespace=default",
    "ca-secret-name=authority",
    "dns-names=a.example",
    "dns-names=hook.default.svc",
  ];
  await part("webhook", ["--secure-port=10250", ...serving.map((each) => `--dynamic-serving-${each}`)]);
  const ports = [{ port: 443, targetPort: 10_250 }];
  await create(
    { apiVersion: "v1", kind: "Service", metadata: { name: "hook" }, spec: { ports, selector: { part: "webhook" } } },
    "services",
  );
  const hook = (kind: "Validating" | "Mutating", path: string) => {
    const clientConfig = { service: { name: "hook", namespace, path } };
    const asked = [{ apiGroups: [group], apiVersions: ["v1"], operations: ["CREATE"], resources: ["*"] }];
    const webhook = { name: "webhook.cert-manager.io", clientConfig, rules: asked, sideEffects: "None" };
    const annotations = { "cert-manager.io/inject-ca-from-secret": "default/authority" };
    const webhooks = [{ ...webhook, admissionReviewVersions: ["v1"] }];
    const at = { apiVersion: `${registration}/v1`, kind: `${kind}WebhookConfiguration` };
    return create(
      { ...at, metadata: { name: "cm", annotations }, webhooks },
      `${kind.toLowerCase()}webhookconfigurations`,
    );
  };
  await hook("Validating", "/validate");
  await hook("Mutating", "/mutate");
  await part("cainjector", ["--v=2"]);
  await part("controller", ["--cluster-resource-namespace=default"]);
  await part("startupapicheck", ["check", "api", "--wait=1m", "-v"], { restartPolicy: "Never" });
  const phaseOf = async (name: string) =>
    (await api<Pod>({ verb: "get", resource: "pods", namespace, name })).body.status.phase;
  assert.ok(await until(async () => (await phaseOf("startupapicheck")) === "Succeeded"), "the API is there");

  const own = (kind: string, name: string, spec: object) =>
    create({ apiVersion: `${group}/v1`, kind, metadata: { name }, spec }, `${kind.toLowerCase()}s`);
  const refused = (await own("Certificate", "bad", { dnsNames: ["a"], issuerRef: { name: "i" } })).body;
  const denied = 'admission webhook "webhook.cert-manager.io" denied the request';
  assert.equal(refused.message, `${denied}: spec.secretName: Required value: must be specified`);
  await own("ClusterIssuer", "self", { selfSigned: {} });
  await own("Issuer", "ours", { ca: { secretName: "root" } });
  await own("Issuer", "acme", { acme: { server: "https://acme.example" } });
  const by = (name: string, kind = "Issuer") => ({ issuerRef: { name, kind } });
  await own("Certificate", "root", {
    secretName: "root",
    isCA: true,
    commonName: "root",
    ...by("self", "ClusterIssuer"),
  });
  await own("Certificate", "leaf", { secretName: "leaf", dnsNames: ["leaf.example"], duration: "24h", ...by("ours") });
  await own("Certificate", "waits", { secretName: "waits", dnsNames: ["w.example"], ...by("acme") });
  const at = { group, resource: "certificates", namespace };
  const found = async (name: string) => (await api<Certificate>({ verb: "get", ...at, name })).body.status;
  const isReady = async (name: string) => (await found(name))?.conditions[0]?.status === "True";
  assert.ok(await until(() => isReady("leaf")), "leaf");
  assert.equal((await found("waits"))?.conditions[0]?.message, "Issuing certificate as Secret does not exist");
  const issuer = { group, resource: "issuers", namespace };
  const acme = await api<Certificate>({ verb: "get", ...issuer, name: "acme" });
  assert.match(acme.body.status?.conditions[0]?.message ?? "", /^kubetroupe plays .* there is nothing behind "acme"$/);
  const secretOf = async (name: string) => {
    const at = { verb: "get", resource: "secrets", namespace, name } as const;
    const { data = {} } = (await api<{ data?: Record<string, string> }>(at)).body;
    return (file: string) => atob(data[file] ?? "");
  };
  const judge = async (name: string) => {
    const file = await secretOf("leaf");
    const judged = { shown: file("tls.crt"), trusted: file("ca.crt"), name, atMs: lab.cluster.nowMs() };
    return [realTrust.judge(judged), realTrust.keyProblem(file("tls.crt"), file("tls.key"))];
  };
  assert.deepEqual(await judge("leaf.example"), [undefined, undefined]);
  assert.equal((await secretOf("root"))("tls.crt"), (await secretOf("leaf"))("ca.crt"));
  await api({
    ...{ verb: "patch", ...at, name: "leaf", contentType: "application/merge-patch+json" },
    body: { spec: { dnsNames: ["new.example"] } },
  });
  assert.ok(await until(async () => (await found("leaf"))?.revision === 2), "made anew");
  assert.deepEqual(await judge("new.example"), [undefined, undefined]);
});
