import type { Pod } from "../../actors/api/types.ts";
import { assert, test } from "../../properties/house/test.ts";
import { smallCluster } from "../../properties/stages/cluster/small_cluster.ts";

const namespace = "default";
const image = "quay.io/argoproj/argocd:v3.1.0";

test("Argo CD's manifest comes up: the password of its Redis is made, its program is copied, its parts are well and say that they do nothing", async () => {
  await using lab = await smallCluster();
  const { api, create, until } = lab;
  const rbac = "rbac.authorization.k8s.io";
  const metadata = { name: "argocd-redis" };
  await create({ apiVersion: "v1", kind: "ServiceAccount", metadata }, "serviceaccounts");
  const rules = [{ apiGroups: [""], resources: ["secrets"], verbs: ["get", "create"] }];
  await create({ apiVersion: `${rbac}/v1`, kind: "Role", metadata, rules }, "roles");
  const roleRef = { apiGroup: rbac, kind: "Role", name: "argocd-redis" };
  // Its manifest does not say in which namespace the account is.
  const subjects = [{ kind: "ServiceAccount", name: "argocd-redis" }];
  const bound = await create(
    { apiVersion: `${rbac}/v1`, kind: "RoleBinding", metadata, roleRef, subjects },
    "rolebindings",
  );
  assert.equal(bound.code, 201, bound.body.message);
  const pod = (name: string, spec: object) =>
    create({ apiVersion: "v1", kind: "Pod", metadata: { name }, spec: { ...spec } }, "pods");
  const hardened = { securityContext: { runAsNonRoot: true, readOnlyRootFilesystem: true } };
  const secretKeyRef = { name: "argocd-redis", key: "auth" };
  const env = [{ name: "REDIS_PASSWORD", valueFrom: { secretKeyRef } }];
  await pod("redis", {
    serviceAccountName: "argocd-redis",
    initContainers: [{ name: "init", image, command: ["argocd", "admin", "redis-initial-password"], ...hardened }],
    containers: [{ name: "redis", image: "redis:7.2.7-alpine", args: ["--requirepass", "$(REDIS_PASSWORD)"], env }],
  });
  const folder = "/var/run/argocd";
  const copying = `/bin/cp --update=none /usr/local/bin/argocd ${folder}/argocd && /bin/ln -s ${folder}/argocd ${folder}/argocd-cmp-server`;
  const volumeMounts = [{ name: "files", mountPath: folder }];
  await pod("repo-server", {
    initContainers: [{ name: "copy", image, command: ["sh", "-c", copying], ...hardened, volumeMounts }],
    containers: [
      {
        ...{ name: "server", image, args: ["/usr/local/bin/argocd-repo-server"], env, volumeMounts, ...hardened },
        readinessProbe: { httpGet: { path: "/healthz", port: 8084 }, periodSeconds: 1 },
      },
    ],
    volumes: [{ name: "files", emptyDir: {} }],
  });
  const at = { namespace, resource: "pods" };
  const isReady = async (name: string) => {
    const { conditions = [] } = (await api<Pod>({ verb: "get", ...at, name })).body.status;
    return conditions.some(({ type, status }) => type === "Ready" && status === "True");
  };
  assert.ok(await until(async () => (await isReady("redis")) && (await isReady("repo-server"))));
  const log = async (name: string, container: string) =>
    (await api<string>({ verb: "get", ...at, name, subresource: "log", query: { container } })).body;
  assert.match(
    await log("redis", "init"),
    /^Checking for .* default\/argocd-redis at key auth\. \n.*\nPassword secret is configured properly\.\n$/,
  );
  assert.match(
    await log("repo-server", "server"),
    /kubetroupe plays argocd-repo-server: it answers for its health on port 8084, and does nothing else/,
  );
});

test("MetalLB's speakers get the Secret that they wait for from its controller, which says that it gives no addresses", async () => {
  await using lab = await smallCluster();
  const { api, create, until } = lab;
  const env = [
    { name: "METALLB_ML_SECRET_NAME", value: "memberlist" },
    { name: "METALLB_DEPLOYMENT", value: "controller" },
  ];
  const rbac = "rbac.authorization.k8s.io";
  const rules = [
    { apiGroups: [""], resources: ["secrets"], verbs: ["get", "create"] },
    { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get"] },
  ];
  await create({ apiVersion: `${rbac}/v1`, kind: "Role", metadata: { name: "c" }, rules }, "roles");
  const roleRef = { apiGroup: rbac, kind: "Role", name: "c" };
  const subjects = [{ kind: "ServiceAccount", name: "default", namespace }];
  await create(
    { apiVersion: `${rbac}/v1`, kind: "RoleBinding", metadata: { name: "c" }, subjects, roleRef },
    "rolebindings",
  );
  const labels = { component: "controller" };
  const container = {
    ...{ name: "c", image: "quay.io/metallb/controller:v0.15.2", args: ["--port=7472", "--log-level=info"], env },
    ...{ ports: [{ name: "monitoring", containerPort: 7472 }], securityContext: { readOnlyRootFilesystem: true } },
    readinessProbe: { httpGet: { path: "/metrics", port: "monitoring" }, periodSeconds: 1 },
  };
  const pod = { securityContext: { runAsNonRoot: true, runAsUser: 65_534 }, containers: [container] };
  const spec = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } };
  await create({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "controller" }, spec }, "deployments");
  const valueFrom = { secretKeyRef: { name: "memberlist", key: "secretkey" } };
  const speaker = {
    name: "s",
    image: "quay.io/metallb/speaker:v0.15.2",
    env: [{ name: "METALLB_ML_SECRET_KEY", valueFrom }],
  };
  await create(
    { apiVersion: "v1", kind: "Pod", metadata: { name: "speaker" }, spec: { containers: [speaker] } },
    "pods",
  );
  const areReady = async () => {
    const { items } = (await api<{ items: Pod[] }>({ verb: "list", namespace, resource: "pods" })).body;
    const conditions = items.flatMap(({ status }) => status.conditions ?? []);
    return conditions.filter(({ type, status }) => type === "Ready" && status === "True").length === 2;
  };
  assert.ok(await until(areReady));
  const secret = (
    await api<{ data: { secretkey: string }; metadata: { ownerReferences: readonly { kind: string }[] } }>({
      ...{ verb: "get", namespace, resource: "secrets", name: "memberlist" },
    })
  ).body;
  assert.deepEqual(
    secret.metadata.ownerReferences.map(({ kind }) => kind),
    ["Deployment"],
  );
  assert.equal(atob(secret.data.secretkey).length, 128);
  const found = await api<{ data?: object }>({
    verb: "get",
    namespace,
    resource: "secrets",
    name: "webhook-server-cert",
  });
  assert.deepEqual(Object.keys(found.body.data ?? {}).sort(), ["ca.crt", "tls.crt", "tls.key"]);
});
