import type { Pod } from "../../actors/api/types.ts";
import type { Ingress } from "../../actors/network/ingress/objects.ts";
import { assert, test } from "../../properties/house/test.ts";
import { smallCluster } from "../../properties/stages/cluster/small_cluster.ts";
import { testCertificate } from "../../properties/stages/cluster/test_certificate.ts";

const namespace = "default";
const networking = "networking.k8s.io";

test("the controller of Ingresses that installs name leads by host, path and pattern, publishes an address, tells of itself, and judges", async () => {
  await using lab = await smallCluster();
  const { api, create, until } = lab;
  const { cert, key, ca } = testCertificate;
  const rbac = "rbac.authorization.k8s.io";
  const subjects = [{ kind: "ServiceAccount", name: "default", namespace }];
  const rules = [
    { apiGroups: [networking], resources: ["ingresses", "ingressclasses"], verbs: ["list", "watch"] },
    { apiGroups: [networking], resources: ["ingresses/status"], verbs: ["update"] },
    { apiGroups: [""], resources: ["services"], verbs: ["list", "watch"] },
    { apiGroups: [""], resources: ["events"], verbs: ["create"] },
  ];
  const metadata = { name: "judge", labels: { app: "entry" } };
  await create({ apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata, rules }, "clusterroles");
  const roleRef = { apiGroup: rbac, kind: "ClusterRole", name: "judge" };
  await create(
    { apiVersion: `${rbac}/v1`, kind: "ClusterRoleBinding", metadata, subjects, roleRef },
    "clusterrolebindings",
  );
  await create({ apiVersion: "v1", kind: "Secret", metadata, stringData: { cert, key } }, "secrets");
  const args = [
    ...["/nginx-ingress-controller", "--publish-service=$(NAMESPACE)/judge", "--controller-class=example.com/nginx"],
    ...["--validating-webhook=:8443", "--validating-webhook-certificate=/c/cert", "--validating-webhook-key=/c/key"],
  ];
  const controller = {
    ...{ name: "controller", image: "registry.k8s.io/ingress-nginx/controller:v1.13.3", args },
    env: [{ name: "NAMESPACE", value: namespace }],
    readinessProbe: { httpGet: { path: "/healthz", port: 10_254 }, periodSeconds: 1 },
    volumeMounts: [{ name: "c", mountPath: "/c" }],
  };
  const volumes = [{ name: "c", secret: { secretName: "judge" } }];
  await create({ apiVersion: "v1", kind: "Pod", metadata, spec: { containers: [controller], volumes } }, "pods");
  const service = async (name: string, spec: object) => {
    await create({ apiVersion: "v1", kind: "Service", metadata: { name }, spec }, "services");
  };
  const ports = [
    { name: "http", port: 80 },
    { name: "https", port: 443, targetPort: 8_443 },
  ];
  await service("judge", { ports, selector: { app: "entry" }, clusterIP: "10.96.0.99" });
  const server = { containers: [{ name: "c", image: "traefik/whoami" }] };
  const labels = { app: "who" };
  await create({ apiVersion: "v1", kind: "Pod", metadata: { name: "who", labels }, spec: server }, "pods");
  await service("who", { ports: [{ port: 80 }], selector: labels });
  await service("nobody", { ports: [{ port: 80 }], selector: { app: "nobody" } });
  await create(
    {
      apiVersion: `${networking}/v1`,
      kind: "IngressClass",
      metadata: { name: "n" },
      spec: { controller: "example.com/nginx" },
    },
    "ingressclasses",
  );
  const clientConfig = { service: { name: "judge", namespace, path: "/networking/v1/ingresses" }, caBundle: btoa(ca) };
  const hook = {
    ...{ name: "validate.example.com", clientConfig, sideEffects: "None", admissionReviewVersions: ["v1"] },
    rules: [{ operations: ["CREATE"], apiGroups: [networking], apiVersions: ["v1"], resources: ["ingresses"] }],
  };
  const apiVersion = "admissionregistration.k8s.io/v1";
  const configuration = { apiVersion, kind: "ValidatingWebhookConfiguration", metadata, webhooks: [hook] };
  await create(configuration, "validatingwebhookconfigurations");

  const ingress = (name: string, [host, path, behind]: readonly [string, string, string], more: object = {}) => {
    const backend = { service: { name: behind, port: { number: 80 } } };
    const { annotations, ...spec } = more as { readonly annotations?: object };
    const paths = [{ path, pathType: "ImplementationSpecific", backend }];
    const rules = [{ host, http: { paths } }];
    return create(
      {
        apiVersion: `${networking}/v1`,
        kind: "Ingress",
        metadata: { name, ...(annotations ? { annotations } : {}) },
        spec: { ingressClassName: "n", rules, ...spec },
      },
      "ingresses",
    );
  };
  assert.ok(await until(async () => (await ingress("plain", ["a.example", "/", "who"])).code === 201), "judged");
  const own = "nginx.ingress.kubernetes.io/";
  const annotations = { [`${own}rewrite-target`]: "/v1/$2", [`${own}limit-rps`]: "5" };
  await ingress("pattern", ["b.example", "/api(/|$)(.*)", "who"], { annotations });
  await ingress("empty", ["c.example", "/", "nobody"]);
  await ingress("secure", ["d.example", "/", "who"], { tls: [{ hosts: ["d.example"] }] });
  const found = async (name: string) =>
    (await api<Ingress>({ verb: "get", group: networking, resource: "ingresses", namespace, name })).body;
  const published = async () => JSON.stringify((await found("secure")).status ?? {}).includes("10.96.0.99");
  assert.ok(await until(published), "its address");
  assert.deepEqual(
    (await ingress("thief", ["a.example", "/", "nobody"])).body.message,
    'admission webhook "validate.example.com" denied the request: host "a.example" and path "/" is already defined in ingress default/plain',
  );

  const script = [
    `ask() { curl -si -H "Host: $1" "http://judge$2" > /tmp/out; head -1 /tmp/out | cut -d' ' -f2; }`,
    "ask a.example /x; grep -E 'GET|X-Forwarded-(Host|Proto)|^Host:' /tmp/out",
    "ask b.example '/api/y?z=1'; grep GET /tmp/out",
    "ask c.example /; grep -o '<h1>.*</h1>' /tmp/out",
    "ask d.example /s; grep -io 'location: .*/s' /tmp/out",
    "ask e.example /; grep -o '<h1>.*</h1>' /tmp/out",
  ].join("\n");
  const asks = { name: "asks", image: "curlimages/curl", command: ["sh", "-c", script] };
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "asks" } };
  await create({ ...pod, spec: { restartPolicy: "Never", containers: [asks] } }, "pods");
  const at = { namespace, resource: "pods" };
  const isDone = async () => (await api<Pod>({ verb: "get", ...at, name: "asks" })).body.status.phase === "Succeeded";
  assert.ok(await until(isDone), "asked");
  const logOf = async (name: string) => (await api<string>({ verb: "get", ...at, name, subresource: "log" })).body;
  assert.deepEqual((await logOf("asks")).trimEnd().split("\n"), [
    ...["200", "GET /x HTTP/1.1", "Host: a.example", "X-Forwarded-Host: a.example", "X-Forwarded-Proto: http"],
    ...["200", "GET /v1/y?z=1 HTTP/1.1", "503", "<h1>503 Service Temporarily Unavailable</h1>"],
    ...["308", "Location: https://d.example/s", "404", "<h1>404 Not Found</h1>"],
  ]);
  const log = await logOf("judge");
  assert.match(
    log,
    /the annotation "nginx\.ingress\.kubernetes\.io\/limit-rps" does nothing in it, ingress="default\/pattern"\n/,
  );
  assert.match(log, /"GET \/x HTTP\/1\.1" 200 \d+ "-" "curl\/[^"]+" 0 0\.000 \[default-who-80\]/);
  const events = await api<{ items: readonly { reason: string; involvedObject: { name: string } }[] }>({
    ...{ verb: "list", resource: "events", namespace },
  });
  const synced = events.body.items.filter(({ reason }) => reason === "Sync").map((each) => each.involvedObject.name);
  assert.deepEqual(synced.sort(), ["empty", "pattern", "plain", "secure"]);
});
