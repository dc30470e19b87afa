import { assert, test } from "../../properties/house/test.ts";
import { smallCluster } from "../../properties/stages/cluster/small_cluster.ts";
import { testCertificate } from "../../properties/stages/cluster/test_certificate.ts";

test("the webhooks of a controller that nobody knows let everything pass and say so, as soon as a certificate is mounted for them", async () => {
  await using lab = await smallCluster();
  const { api, create, until } = lab;
  const { cert, key, ca } = testCertificate;
  const metadata = { name: "judge", labels: { app: "judge" } };
  const clientConfig = { service: { namespace: "default", name: "judge", path: "/validate" }, caBundle: btoa(ca) };
  const rules = [{ operations: ["CREATE"], apiGroups: [""], apiVersions: ["v1"], resources: ["configmaps"] }];
  const hook = { name: "a.example.com", sideEffects: "None", admissionReviewVersions: ["v1"], clientConfig, rules };
  const configuration = { apiVersion: "admissionregistration.k8s.io/v1", kind: "ValidatingWebhookConfiguration" };
  await create({ ...configuration, metadata: { name: "judge" }, webhooks: [hook] }, "validatingwebhookconfigurations");
  const spec = { selector: { app: "judge" }, ports: [{ port: 443, targetPort: 9443 }] };
  await create({ apiVersion: "v1", kind: "Service", metadata, spec }, "services");
  const controller = {
    ...{ name: "c", image: "quay.io/acme/operator:v1", command: ["/manager"], args: ["--leader-elect"] },
    volumeMounts: [{ name: "certs", mountPath: "/tmp/k8s-webhook-server/serving-certs", readOnly: true }],
    readinessProbe: { httpGet: { port: 8081, path: "/readyz" }, periodSeconds: 1 },
  };
  const volumes = [{ name: "certs", secret: { secretName: "judge" } }];
  await create({ apiVersion: "v1", kind: "Pod", metadata, spec: { containers: [controller], volumes } }, "pods");
  const make = (name: string) =>
    api<{ message?: string }>({
      ...{ verb: "create", namespace: "default", resource: "configmaps" },
      body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name } },
    });
  const before = await make("a");
  assert.equal(before.code, 500);
  assert.match(before.body.message ?? "", /failed calling webhook "a\.example\.com": /);
  const stringData = { "tls.crt": cert, "tls.key": key };
  await create({ apiVersion: "v1", kind: "Secret", metadata, stringData }, "secrets");
  assert.ok(await until(async () => (await make("a")).code === 201));
  const at = { namespace: "default", resource: "pods", name: "judge", subresource: "log" };
  const said =
    /plays this container and not what it does; its webhook on port 9443 lets everything pass, and warns who is let/;
  assert.match((await api<string>({ verb: "get", ...at })).body, said);
});

test("a controller that makes its webhooks' certificate itself is stood in for as well: Gatekeeper's, whose own would keep anybody from making namespaces", async () => {
  await using lab = await smallCluster();
  const { api, create, until } = lab;
  const rbac = "rbac.authorization.k8s.io";
  const [verbs, hooks] = [["get", "create", "update"], "admissionregistration.k8s.io"];
  const rules = [
    { apiGroups: [""], resources: ["secrets"], verbs },
    { apiGroups: [hooks], resources: ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"], verbs },
  ];
  await create({ apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name: "g" }, rules }, "clusterroles");
  const roleRef = { apiGroup: rbac, kind: "ClusterRole", name: "g" };
  const subjects = [{ kind: "ServiceAccount", name: "default", namespace: "default" }];
  await create(
    { apiVersion: `${rbac}/v1`, kind: "ClusterRoleBinding", metadata: { name: "g" }, roleRef, subjects },
    "clusterrolebindings",
  );
  const [service, secretName] = ["gatekeeper-webhook-service", "gatekeeper-webhook-server-cert"];
  await create({ apiVersion: "v1", kind: "Secret", metadata: { name: secretName } }, "secrets");
  const labels = { "control-plane": "controller-manager" };
  const spec = { selector: labels, ports: [{ port: 443, targetPort: "webhook-server" }] };
  await create({ apiVersion: "v1", kind: "Service", metadata: { name: service }, spec }, "services");
  const container = {
    ...{ name: "manager", image: "openpolicyagent/gatekeeper:v3.20.0", command: ["/manager"] },
    args: ["--port=8443", "--exempt-namespace=gatekeeper-system", "--operation=webhook"],
    ports: [{ containerPort: 8443, name: "webhook-server" }],
    readinessProbe: { httpGet: { path: "/readyz", port: 9090 }, periodSeconds: 1 },
    volumeMounts: [{ mountPath: "/certs", name: "cert", readOnly: true }],
  };
  const volumes = [{ name: "cert", secret: { secretName } }];
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "g", labels },
    spec: { containers: [container], volumes },
  };
  await create(pod, "pods");
  const hook = {
    ...{ name: "check-ignore-label.gatekeeper.sh", sideEffects: "None", admissionReviewVersions: ["v1", "v1beta1"] },
    clientConfig: { service: { name: service, namespace: "default", path: "/v1/admitlabel" } },
    rules: [{ operations: ["CREATE", "UPDATE"], apiGroups: [""], apiVersions: ["*"], resources: ["namespaces"] }],
    failurePolicy: "Fail",
  };
  const metadata = { name: "gatekeeper-validating-webhook-configuration" };
  const kind = "ValidatingWebhookConfiguration";
  await create({ apiVersion: `${hooks}/v1`, kind, metadata, webhooks: [hook] }, "validatingwebhookconfigurations");
  const make = () =>
    api({
      verb: "create",
      resource: "namespaces",
      body: { apiVersion: "v1", kind: "Namespace", metadata: { name: "n" } },
    });
  assert.equal((await make()).code, 500);
  assert.ok(await until(async () => (await make()).code === 201));
});

test("a controller of which nobody knows how it makes its certificate is stood in for where webhooks wait for one, and others' are left alone", async () => {
  await using lab = await smallCluster();
  const { api, create, until } = lab;
  const [rbac, hooks] = ["rbac.authorization.k8s.io", "admissionregistration.k8s.io"];
  const subjects = [{ kind: "ServiceAccount", name: "default", namespace: "default" }];
  // As Vault's, which may patch and not update.
  const rules = [{ apiGroups: [hooks], resources: ["mutatingwebhookconfigurations"], verbs: ["get", "list", "patch"] }];
  await create({ apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name: "i" }, rules }, "clusterroles");
  const roleRef = { apiGroup: rbac, kind: "ClusterRole", name: "i" };
  const binding = { apiVersion: `${rbac}/v1`, kind: "ClusterRoleBinding", metadata: { name: "i" }, roleRef, subjects };
  await create(binding, "clusterrolebindings");
  const labels = { component: "webhook" };
  const spec = { selector: labels, ports: [{ port: 443, targetPort: 8080 }] };
  await create({ apiVersion: "v1", kind: "Service", metadata: { name: "vault-agent-injector-svc" }, spec }, "services");
  const hook = (name: string) => ({
    ...{ name: `${name}.example.com`, sideEffects: "None", admissionReviewVersions: ["v1"], failurePolicy: "Fail" },
    clientConfig: { service: { name, namespace: "default", path: "/mutate" } },
    rules: [{ operations: ["CREATE"], apiGroups: [""], apiVersions: ["v1"], resources: ["configmaps"] }],
    objectSelector: { matchLabels: { of: name } },
  });
  const names = ["vault-agent-injector-svc", "somebody-else"];
  const configuration = { apiVersion: `${hooks}/v1`, kind: "MutatingWebhookConfiguration", metadata: { name: "i" } };
  await create({ ...configuration, webhooks: names.map(hook) }, "mutatingwebhookconfigurations");
  const make = (of: string, name = of) =>
    api({
      ...{ verb: "create", namespace: "default", resource: "configmaps" },
      body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name, labels: { of } } },
    });
  const containers = [
    {
      ...{ name: "sidecar-injector", image: "hashicorp/vault-k8s:1.7.0", args: ["agent-inject", "2>&1"] },
      ...{ env: [{ name: "AGENT_INJECT_LISTEN", value: ":8080" }] },
      readinessProbe: { httpGet: { path: "/health/ready", port: 8080, scheme: "HTTPS" }, periodSeconds: 1 },
    },
  ];
  const template = { metadata: { labels }, spec: { containers } };
  const workload = { replicas: 2, selector: { matchLabels: labels }, template };
  const metadata = { name: "vault-agent-injector" };
  await create({ apiVersion: "apps/v1", kind: "Deployment", metadata, spec: workload }, "deployments");
  const [mine = "", other = ""] = names;
  assert.ok(await until(async () => (await make(mine)).code === 201));
  assert.equal((await make(other)).code, 500);
  // Each replica is trusted.
  const trusted = async () => {
    const { body } = await api<{ webhooks: readonly { clientConfig: { caBundle?: string } }[] }>({
      ...{ verb: "get", group: hooks, resource: "mutatingwebhookconfigurations", name: "i" },
    });
    return body.webhooks.map(({ clientConfig: { caBundle = "" } }) => atob(caBundle).split("BEGIN CERT").length - 1);
  };
  assert.ok(await until(async () => String(await trusted()) === "2,0"));
  let count = 0;
  const isEachWell = async () => {
    for (let each = 0; each < 4; each++) if ((await make(mine, `c${count++}`)).code !== 201) return false;
    return true;
  };
  assert.ok(await until(isEachWell));
});

test("objects of a controller that nobody knows are had in each of their versions: its webhook changes the version and nothing else, and definitions are told to trust it", async () => {
  await using lab = await smallCluster();
  const { api, create, until } = lab;
  const [rbac, extensions] = ["rbac.authorization.k8s.io", "apiextensions.k8s.io"];
  const metadata = { name: "w" };
  const rules = [
    { apiGroups: [extensions], resources: ["customresourcedefinitions"], verbs: ["get", "list", "update"] },
    { apiGroups: [""], resources: ["pods", "services"], verbs: ["get"] },
  ];
  await create({ apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata, rules }, "clusterroles");
  const subjects = [{ kind: "ServiceAccount", name: "default", namespace: "default" }];
  const roleRef = { apiGroup: rbac, kind: "ClusterRole", name: "w" };
  const binding = { apiVersion: `${rbac}/v1`, kind: "ClusterRoleBinding", metadata, roleRef, subjects };
  await create(binding, "clusterrolebindings");
  const openAPIV3Schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const version = (name: string) => ({ name, served: true, storage: name === "v1", schema: { openAPIV3Schema } });
  // The Service has another name than the workload that it leads to, as Longhorn's.
  const service = { namespace: "default", name: "bolt-converter", port: 9502, path: "/v1/webhook/conversion" };
  const spec = {
    ...{ group: "example.com", scope: "Namespaced", names: { plural: "bolts", kind: "Bolt" } },
    versions: ["v1", "v2"].map(version),
    conversion: {
      strategy: "Webhook",
      webhook: { conversionReviewVersions: ["v1"], clientConfig: { service } },
    },
  };
  const definition = {
    ...{ apiVersion: `${extensions}/v1`, kind: "CustomResourceDefinition" },
    ...{ metadata: { name: "bolts.example.com" }, spec },
  };
  await create(definition, "customresourcedefinitions");
  const selector = { app: "manager" };
  const ports = [{ port: 9502 }];
  await create(
    { apiVersion: "v1", kind: "Service", metadata: { name: service.name }, spec: { selector, ports } },
    "services",
  );
  const container = {
    ...{ name: "manager", image: "example.com/bolt-manager:v1", args: ["daemon"] },
    ports: [
      { containerPort: 9502, name: "conversion-wh" },
      { containerPort: 9503, name: "admission-wh" },
    ],
    env: [{ name: "WEBHOOK_TYPE", value: "all" }],
  };
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "manager-x", labels: selector } };
  await create({ ...pod, spec: { containers: [container] } }, "pods");
  const bolt = { apiVersion: "example.com/v1", kind: "Bolt", metadata: { name: "b" }, size: 8 };
  const at = { group: "example.com", version: "v1", namespace: "default", resource: "bolts" };
  assert.ok(await until(async () => (await api({ ...at, verb: "create", body: bolt })).code === 201));
  const read = () => api<{ apiVersion?: string; size?: number }>({ ...at, version: "v2", verb: "get", name: "b" });
  assert.ok(await until(async () => (await read()).code === 200));
  const { apiVersion, size } = (await read()).body;
  assert.deepEqual([apiVersion, size], ["example.com/v2", 8]);
  const log = { verb: "get", namespace: "default", resource: "pods", name: "manager-x", subresource: "log" } as const;
  assert.match(
    (await api<string>(log)).body,
    /No field is converted from example\.com\/v1, Kind=Bolt to example\.com\/v2/,
  );
});

test("who waits for a port of a program that nobody knows, or for a database that is not played, goes on", async () => {
  await using lab = await smallCluster();
  const { api, create, until } = lab;
  const pod = (name: string, spec: object) => ({
    ...{ apiVersion: "v1", kind: "Pod", metadata: { name, labels: { app: name } } },
    spec,
  });
  const image = { queue: "rabbitmq:4", database: "postgres:17" };
  for (const [name, port] of [
    ["queue", 5672],
    ["database", 5432],
  ] as const) {
    const spec = { selector: { app: name }, ports: [{ port }] };
    await create({ apiVersion: "v1", kind: "Service", metadata: { name }, spec }, "services");
    const container = { name, image: image[name], ports: [{ containerPort: port }] };
    await create(pod(name, { containers: [container] }), "pods");
  }
  const wait = (name: string, of: string, line: string) => ({
    ...{ name, image: of, command: ["sh", "-c", `until ${line}; do sleep 1; done`] },
  });
  const initContainers = [
    wait("a", "busybox", "nc -z queue 5672"),
    wait("b", "postgres:17", "pg_isready -h database -U app"),
    { name: "c", image: "apache/airflow:3.0.2", args: ["bash", "-c", "airflow db check-migrations"] },
  ];
  const containers = [{ name: "app", image: "example.com/app:1" }];
  await create(pod("app", { initContainers, containers }), "pods");
  const phase = async () => {
    const at = { namespace: "default", resource: "pods", name: "app" } as const;
    return (await api<{ status: { phase?: string } }>({ verb: "get", ...at })).body.status.phase;
  };
  assert.ok(await until(async () => (await phase()) === "Running"));
});

test("a controller whose certificate nobody mounts would make it itself: its stand-in does, where no injector is to fill in whom to trust", async () => {
  await using lab = await smallCluster();
  const { api, create, until } = lab;
  const [rbac, hooks] = ["rbac.authorization.k8s.io", "admissionregistration.k8s.io"];
  const rules = [
    { apiGroups: [hooks], resources: ["validatingwebhookconfigurations"], verbs: ["get", "list", "update"] },
  ];
  await create({ apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name: "k" }, rules }, "clusterroles");
  const subjects = [{ kind: "ServiceAccount", name: "default", namespace: "default" }];
  const roleRef = { apiGroup: rbac, kind: "ClusterRole", name: "k" };
  const binding = { apiVersion: `${rbac}/v1`, kind: "ClusterRoleBinding", metadata: { name: "k" }, roleRef, subjects };
  await create(binding, "clusterrolebindings");
  const spec = { selector: { app: "k" }, ports: [{ port: 443, targetPort: 9443 }] };
  await create({ apiVersion: "v1", kind: "Service", metadata: { name: "kueue-webhook" }, spec }, "services");
  await create({ apiVersion: "v1", kind: "Secret", metadata: { name: "kueue-server-cert" } }, "secrets");
  const hook = (name: string) => ({
    ...{ name: `${name}.example.com`, sideEffects: "None", admissionReviewVersions: ["v1"] },
    clientConfig: { service: { name: "kueue-webhook", namespace: "default", path: "/validate" } },
    rules: [{ operations: ["CREATE"], apiGroups: [""], apiVersions: ["v1"], resources: ["configmaps"] }],
    objectSelector: { matchLabels: { of: name } },
  });
  const kind = { apiVersion: `${hooks}/v1`, kind: "ValidatingWebhookConfiguration" };
  const annotations = { "cert-manager.io/inject-ca-from": "default/none" };
  const configurations = [
    { ...kind, metadata: { name: "own" }, webhooks: [hook("own")] },
    { ...kind, metadata: { name: "injected", annotations }, webhooks: [hook("injected")] },
  ];
  for (const each of configurations) await create(each, "validatingwebhookconfigurations");
  const mountPath = "/tmp/k8s-webhook-server/serving-certs";
  const container = {
    ...{ name: "manager", image: "registry.k8s.io/kueue/kueue:v0.14.0", args: ["--zap-log-level=2"] },
    volumeMounts: [{ name: "cert", mountPath }],
  };
  const volumes = [{ name: "cert", secret: { secretName: "kueue-server-cert" } }];
  const metadata = { name: "kueue-webhook", labels: { app: "k" } };
  await create({ apiVersion: "v1", kind: "Pod", metadata, spec: { containers: [container], volumes } }, "pods");
  const make = async (name: string) =>
    (
      await api({
        ...{ verb: "create", namespace: "default", resource: "configmaps" },
        body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name, labels: { of: name } } },
      })
    ).code;
  assert.ok(await until(async () => (await make("own")) === 201));
  assert.equal(await make("injected"), 500);
});
