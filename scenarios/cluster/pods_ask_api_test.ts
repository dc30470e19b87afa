import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { rehearsedAuthority } from "../../actors/api/rehearsed_authority.ts";
import type { Pod } from "../../actors/api/types.ts";
import { assert, scenario, test } from "../../properties/house/test.ts";
import { smallCluster } from "../../properties/stages/cluster/small_cluster.ts";
import { testCertificate } from "../../properties/stages/cluster/test_certificate.ts";

const script = `
D=/var/run/secrets/kubernetes.io/serviceaccount
API=https://kubernetes.default.svc
ask() { curl -s -o /tmp/out -w '%{http_code}\\n' --cacert $D/ca.crt -H "Authorization: Bearer $(cat $D/token)" "$@"; }
until curl -sf --cacert $D/ca.crt $API/version > /dev/null; do sleep 1; done
ask $API/api/v1/namespaces/default/configmaps
ask $API/api/v1/namespaces/default/secrets; grep -o 'secrets is forbidden: User [^ ]*' /tmp/out
ask -X POST -H 'Content-Type: application/json' -d '{"metadata":{"name":"made"},"data":{"by":"pod"}}' $API/api/v1/namespaces/default/configmaps
ask https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT/api/v1/namespaces/default/configmaps/made; grep -o '"by": "pod"' /tmp/out
ask -m 3 "$API/api/v1/namespaces/default/configmaps?watch=1&fieldSelector=metadata.name=made" ; grep -c ADDED /tmp/out
curl -sS $API/version 2>&1 | head -1
curl -sS --cacert $D/ca.crt --resolve other:443:$KUBERNETES_SERVICE_HOST https://other/version 2>&1 | head -1
curl -s http://kubernetes.default.svc:443/
`;

test("pods ask the API by its Service, with TLS and their account's token, and may do what its role says", async () => {
  await using lab = await smallCluster();
  const { api, until } = lab;
  const create = (resource: string, object: { readonly apiVersion: string; readonly [field: string]: unknown }) =>
    lab.create(object, resource);
  const rules = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "watch", "create"] }];
  const rbac = "rbac.authorization.k8s.io";
  const apiVersion = `${rbac}/v1`;
  await create("roles", { apiVersion, kind: "Role", metadata: { name: "r" }, rules });
  const subjects = [{ kind: "ServiceAccount", name: "default", namespace: "default" }];
  const roleRef = { apiGroup: rbac, kind: "Role", name: "r" };
  await create("rolebindings", { apiVersion, kind: "RoleBinding", metadata: { name: "b" }, subjects, roleRef });
  const command = ["sh", "-c", script];
  const spec = { restartPolicy: "Never", containers: [{ name: "c", image: "curlimages/curl", command }] };
  await create("pods", { apiVersion: "v1", kind: "Pod", metadata: { name: "asks" }, spec });
  const pod = async () =>
    (await api<Pod>({ verb: "get", namespace: "default", resource: "pods", name: "asks" })).body.status.phase;
  assert.ok(await until(async () => ["Succeeded", "Failed"].includes((await pod()) ?? "")));
  const log = await api<string>({
    verb: "get",
    namespace: "default",
    resource: "pods",
    name: "asks",
    subresource: "log",
  });
  assert.deepEqual(log.body.split("\n"), [
    "200",
    "403",
    'secrets is forbidden: User \\"system:serviceaccount:default:default\\"',
    "201",
    "200",
    '"by": "pod"',
    "200",
    "1",
    "curl: (60) SSL certificate problem: unable to get local issuer certificate",
    "curl: (60) SSL: no alternative certificate subject name matches target host name 'other'",
    "Client sent an HTTP request to an HTTPS server.",
    "",
  ]);
  const serviceAccountToken = { path: "token", expirationSeconds: 3_600, audience: "others" };
  const args = ["test-service-account-issuer-discovery", "--token-path=/tokens/token", "--audience=others"];
  const image = "registry.k8s.io/e2e-test-images/agnhost:2.56";
  const container = { name: "c", image, args, volumeMounts: [{ name: "t", mountPath: "/tokens" }] };
  const volumes = [{ name: "t", projected: { sources: [{ serviceAccountToken }] } }];
  const verifier = { restartPolicy: "Never", containers: [container], volumes };
  await create("pods", { apiVersion: "v1", kind: "Pod", metadata: { name: "verifies" }, spec: verifier });
  const verified = { namespace: "default", resource: "pods", name: "verifies" };
  const ended = async () => {
    const { phase = "" } = (await api<Pod>({ verb: "get", ...verified })).body.status;
    return ["Succeeded", "Failed"].includes(phase);
  };
  assert.ok(await until(ended));
  const told = (await api<string>({ verb: "get", ...verified, subresource: "log" })).body;
  assert.match(told, /OK: Constructed OIDC provider for issuer https:\/\/kubernetes\.default\.svc\.cluster\.local\n/);
  // The tokens of a rehearsal are signed by nobody whom others could know.
  assert.match(told, /failed to verify signature: failed to verify id token signature\n/);
});

const flunders = `
D=/var/run/secrets/kubernetes.io/serviceaccount
API=https://kubernetes.default.svc/apis/wardle.example.com/v1alpha1/namespaces/default/flunders
ask() { curl -s -o /tmp/out -w '%{http_code}\\n' --cacert $D/ca.crt -H "Authorization: Bearer $(cat $D/token)" "$@"; }
until [ "$(ask $API)" = 200 ]; do sleep 1; done
ask -X POST -H 'Content-Type: application/json' -d '{"metadata":{"name":"a","labels":{"is":"x"}},"spec":{"reference":"hélas"}}' $API
ask "$API?labelSelector=is"; grep -o 'hélas' /tmp/out
ask -X DELETE $API/a
ask $API/a
watch() { curl -s --cacert $D/ca.crt -H "Authorization: Bearer $(cat $D/token)" "$API?watch=1&timeoutSeconds=5"; }
watch > /tmp/watched &
sleep 2
ask -X POST -H 'Content-Type: application/json' -d '{"metadata":{"name":"b"}}' $API
ask -X DELETE $API
wait
grep -o '"type":"[A-Z]*"' /tmp/watched
`;

test("API servers ask admission webhooks that run in pods, by their Service and as their certificates say", async () => {
  await using lab = await smallCluster();
  const { api, create, until } = lab;
  const { cert, key, ca } = testCertificate;
  const metadata = { name: "judge", labels: { app: "judge" } };
  await create(
    { apiVersion: "v1", kind: "Secret", metadata, stringData: { "tls.crt": cert, "tls.key": key } },
    "secrets",
  );
  const args = ["webhook", "--tls-cert-file=/certs/tls.crt", "--tls-private-key-file=/certs/tls.key", "--port=8444"];
  const image = "registry.k8s.io/e2e-test-images/agnhost:2.53";
  const volumeMounts = [{ name: "certs", mountPath: "/certs" }];
  const readinessProbe = { httpGet: { scheme: "HTTPS", port: 8444, path: "/readyz" }, periodSeconds: 1 };
  const further = ["--etcd-servers=http://127.0.0.1:2379", ...args.slice(1, 3), "--secure-port=8446"];
  const etcd = ["/usr/local/bin/etcd", "--listen-client-urls", "http://127.0.0.1:2379"];
  const converter = ["crd-conversion-webhook", ...args.slice(1, 3), "--port=8445"];
  const spec = {
    containers: [
      { name: "c", image, args, volumeMounts, readinessProbe },
      { name: "converter", image, args: converter, volumeMounts },
      {
        name: "further",
        image: "registry.k8s.io/e2e-test-images/sample-apiserver:1.29.2",
        args: further,
        volumeMounts,
      },
      { name: "etcd", image: "registry.k8s.io/etcd:3.6.4-0", command: etcd },
    ],
    volumes: [{ name: "certs", secret: { secretName: "judge" } }],
  };
  await create({ apiVersion: "v1", kind: "Pod", metadata, spec }, "pods");
  const ports = [
    { name: "judge", port: 443, targetPort: 8444 },
    { name: "converter", port: 9443, targetPort: 8445 },
    { name: "further", port: 7443, targetPort: 8446 },
  ];
  await create(
    { apiVersion: "v1", kind: "Service", metadata, spec: { selector: { app: "judge" }, ports } },
    "services",
  );
  const hook = (name: string, path: string, caBundle = btoa(ca)) => ({
    ...{ name: `${name}.example.com`, sideEffects: "None", admissionReviewVersions: ["v1"] },
    clientConfig: { service: { namespace: "default", name: "judge", path }, caBundle },
    rules: [{ operations: ["CREATE"], apiGroups: [""], apiVersions: ["v1"], resources: ["configmaps"] }],
    objectSelector: { matchLabels: { judged: name } },
  });
  const configuration = (kind: string, webhooks: readonly object[]) =>
    create(
      { apiVersion: "admissionregistration.k8s.io/v1", kind, metadata: { name: "judge" }, webhooks },
      `${kind.toLowerCase()}s`,
    );
  await configuration("ValidatingWebhookConfiguration", [
    hook("data", "/configmaps"),
    hook("mistrust", "/always-deny", btoa(rehearsedAuthority)),
  ]);
  await configuration("MutatingWebhookConfiguration", [hook("stages", "/mutating-configmaps")]);
  const ready = async () => {
    const { body } = await api<Pod>({ verb: "get", namespace: "default", resource: "pods", name: "judge" });
    return body.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
  };
  assert.ok(await until(ready), "a probe by HTTPS finds it");
  const make = async (judged: string, data: object) => {
    const map = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: judged, labels: { judged } }, data };
    return await create(map, "configmaps");
  };
  const told: unknown[] = [];
  await until(async () => {
    const denied = await make("data", { "webhook-e2e-test": "webhook-disallow" });
    told[0] = denied.body.message;
    return denied.code !== 500;
  });
  told.push((await make("stages", { "mutation-start": "yes" })).body.data, (await make("mistrust", {})).body.message);
  assert.deepEqual(told, [
    'admission webhook "data.example.com" denied the request: the configmap contains unwanted key and value',
    { "mutation-start": "yes", "mutation-stage-1": "yes" },
    'Internal error occurred: failed calling webhook "mistrust.example.com": failed to call webhook: Post "https://judge.default.svc:443/always-deny?timeout=10s": tls: failed to verify certificate: x509: certificate signed by unknown authority',
  ]);
  const service = { namespace: "default", name: "judge", path: "/crdconvert", port: 9443 };
  const webhook = { clientConfig: { service, caBundle: btoa(ca) }, conversionReviewVersions: ["v1", "v1beta1"] };
  const group = "stable.example.com";
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  const versions = ["v1", "v2"].map((name) => ({ name, served: true, storage: name === "v1", schema }));
  const names = { kind: "Place", plural: "places" };
  const conversion = { strategy: "Webhook", webhook };
  const definition = { group, scope: "Namespaced", names, versions, conversion };
  const apiVersion = "apiextensions.k8s.io/v1";
  const of = { apiVersion, kind: "CustomResourceDefinition", metadata: { name: `places.${group}` }, spec: definition };
  await create(of, "customresourcedefinitions");
  const place = (name: string, version: string, more: object) =>
    create({ apiVersion: `${group}/${version}`, kind: "Place", metadata: { name }, ...more }, "places");
  await until(async () => (await place("a", "v1", { hostPort: "localhost:8080" })).code === 201);
  assert.equal((await place("b", "v2", { host: "x", port: "1" })).code, 201);
  const wrong = await place("c", "v1", { hostPort: "x" });
  const at = { group, resource: "places", namespace: "default" };
  type Place = { hostPort?: string; host?: string; port?: string; message?: string };
  const read = async (version: string, name: string) => (await api<Place>({ verb: "get", version, name, ...at })).body;
  const [a, b, c] = [await read("v2", "a"), await read("v1", "b"), await read("v2", "c")];
  assert.deepEqual(
    [a.host, a.port, a.hostPort, b.hostPort, b.host],
    ["localhost", "8080", undefined, "x:1", undefined],
  );
  assert.deepEqual(
    [wrong.code, c.message],
    [201, `conversion webhook for ${group}/v1, Kind=Place failed: invalid hostPort value \`x\``],
  );
  const wardle = "wardle.example.com";
  const behind = { namespace: "default", name: "judge", port: 7443 };
  const priorities = { groupPriorityMinimum: 2_000, versionPriority: 200 };
  const served = { service: behind, group: wardle, version: "v1alpha1", caBundle: btoa(ca), ...priorities };
  const name = `v1alpha1.${wardle}`;
  const registered = { apiVersion: "apiregistration.k8s.io/v1", kind: "APIService", metadata: { name }, spec: served };
  assert.equal((await create(registered, "apiservices")).code, 201);
  const rbac = "rbac.authorization.k8s.io";
  const rules = [{ apiGroups: [wardle], resources: ["flunders"], verbs: ["*"] }];
  const role = { apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name: "wardle" }, rules };
  await create(role, "clusterroles");
  const subjects = [{ kind: "ServiceAccount", name: "default", namespace: "default" }];
  const roleRef = { apiGroup: rbac, kind: "ClusterRole", name: "wardle" };
  const binding = { ...role, kind: "ClusterRoleBinding", rules: undefined, subjects, roleRef };
  await create(binding, "clusterrolebindings");
  const asks = { name: "asks", image: "curlimages/curl", command: ["sh", "-c", flunders] };
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "asks" } };
  await create({ ...pod, spec: { restartPolicy: "Never", containers: [asks] } }, "pods");
  const asker = { namespace: "default", resource: "pods", name: "asks" };
  const isDone = async () => (await api<Pod>({ verb: "get", ...asker })).body.status.phase === "Succeeded";
  assert.ok(await until(isDone));
  const log = (await api<string>({ verb: "get", ...asker, subresource: "log" })).body;
  assert.deepEqual(log.split("\n"), [
    ...["201", "200", "hélas", "200", "404", "201", "200", '"type":"ADDED"', '"type":"DELETED"'],
    "",
  ]);
});

const operator = `
const account = "/var/run/secrets/kubernetes.io/serviceaccount";
const group = "/apis/example.com/v1/namespaces/default/greetings";
export default {
  async start(env: any) {
    const api = "https://kubernetes.default.svc";
    const ask = async (method: string, path: string, body?: object) => {
      const token = await env.files.readText(account + "/token");
      const headers = { authorization: "Bearer " + token, "content-type": "application/json" };
      return await env.fetch(api + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    };
    for (;;) {
      try {
        const list = await (await ask("GET", group)).json();
        for (const { metadata, spec, status } of list.items ?? []) {
          if (status?.said === spec.text) continue;
          const made = { metadata: { name: metadata.name }, data: { text: spec.text } };
          const { status: code } = await ask("POST", "/api/v1/namespaces/default/configmaps", made);
          const change = { metadata, apiVersion: "example.com/v1", kind: "Greeting", spec, status: { said: spec.text } };
          const done = await ask("PUT", group + "/" + metadata.name + "/status", change);
          const secrets = await ask("GET", "/api/v1/namespaces/default/secrets");
          env.log(code, done.status, secrets.status, (await secrets.json()).message);
        }
      } catch (error: any) {
        env.log(error.message, error.cause?.message);
      }
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  },
};`;

scenario(
  "an operator that is a module reconciles custom resources with its account's token, and is refused what its role does not give",
  {},
  async (context) => {
    const folder = await context.folder();
    await writeFile(join(folder, "greeter.ts"), operator);
    await using lab = await smallCluster(folder);
    const { api, create, until } = lab;
    const schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
    const versions = [
      { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema }, subresources: { status: {} } },
    ];
    const names = { kind: "Greeting", plural: "greetings", singular: "greeting" };
    const apiVersion = "apiextensions.k8s.io/v1";
    await create(
      {
        apiVersion,
        kind: "CustomResourceDefinition",
        metadata: { name: "greetings.example.com" },
        spec: { group: "example.com", scope: "Namespaced", names, versions },
      },
      "customresourcedefinitions",
    );
    await create({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "greeter" } }, "serviceaccounts");
    const rules = [
      { apiGroups: ["example.com"], resources: ["greetings"], verbs: ["list"] },
      { apiGroups: ["example.com"], resources: ["greetings/status"], verbs: ["update"] },
      { apiGroups: [""], resources: ["configmaps"], verbs: ["create"] },
    ];
    const rbac = "rbac.authorization.k8s.io/v1";
    await create({ apiVersion: rbac, kind: "Role", metadata: { name: "greeter" }, rules }, "roles");
    const subjects = [{ kind: "ServiceAccount", name: "greeter", namespace: "default" }];
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "greeter" };
    await create(
      { apiVersion: rbac, kind: "RoleBinding", metadata: { name: "greeter" }, subjects, roleRef },
      "rolebindings",
    );
    const selector = { matchLabels: { app: "greeter" } };
    const template = {
      metadata: { labels: { app: "greeter" } },
      spec: { serviceAccountName: "greeter", containers: [{ name: "c", image: "greeter:1" }] },
    };
    await create(
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "greeter" },
        spec: { selector, template },
      },
      "deployments",
    );
    const greeting = {
      apiVersion: "example.com/v1",
      kind: "Greeting",
      metadata: { name: "hello" },
      spec: { text: "hi" },
    };
    assert.ok(await until(async () => (await create(greeting, "greetings")).code === 201), "the kind is served");
    const said = async () => {
      const { body } = await api<{ data?: { text?: string } }>({
        verb: "get",
        namespace: "default",
        resource: "configmaps",
        name: "hello",
      });
      return body.data?.text === "hi";
    };
    assert.ok(await until(said), "the operator has done it");
    lab.cluster.host.advance(3_000);
    const { body: pods } = await api<{ items: readonly Pod[] }>({
      verb: "list",
      namespace: "default",
      resource: "pods",
    });
    const [pod] = pods.items;
    const log = await api<string>({
      verb: "get",
      namespace: "default",
      resource: "pods",
      name: pod?.metadata.name ?? "",
      subresource: "log",
    });
    const refusal =
      'secrets is forbidden: User "system:serviceaccount:default:greeter" cannot list resource "secrets" in API group "" in the namespace "default"';
    assert.equal(
      log.body
        .split("\n")
        .filter((line) => !line.startsWith("fetch failed"))
        .join("\n"),
      `201 200 403 ${refusal}\n`,
    );
  },
);
