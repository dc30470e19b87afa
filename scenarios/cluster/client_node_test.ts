import { setTimeout as pause } from "node:timers/promises";
import {
  ApiException,
  AuthenticationV1Api,
  AuthorizationV1Api,
  CoordinationV1Api,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  RbacAuthorizationV1Api,
  V1MicroTime,
  Watch,
} from "@kubernetes/client-node";
import { assert, type ScenarioContext, scenario } from "../../properties/house/test.ts";
import { createCluster } from "./create_cluster.ts";

const namespace = "default";
const rbac = "rbac.authorization.k8s.io";

async function stage(context: ScenarioContext) {
  const topology = { nodes: 0, stores: 1, apiservers: 2, traffic: false } as const;
  const cluster = context.use(await createCluster({ host: "pool", port: 0, topology }));
  const config = new KubeConfig();
  config.loadFromFile(cluster.access?.kubeconfig ?? "");
  return { config, core: config.makeApiClient(CoreV1Api) };
}

/** The code of the answer to what must be refused. */
async function refused(asked: Promise<unknown>): Promise<number> {
  try {
    await asked;
  } catch (error) {
    if (error instanceof ApiException) return error.code;
    throw error;
  }
  return 0;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(20);
}

/** A client that has a service account's token alone. */
function withToken(config: KubeConfig, token: string): KubeConfig {
  const own = new KubeConfig();
  const { name } = config.getCurrentCluster() ?? { name: "" };
  own.loadFromOptions({
    clusters: config.clusters,
    users: [{ name: "account", token }],
    contexts: [{ name: "own", cluster: name, user: "account" }],
    currentContext: "own",
  });
  return own;
}

scenario(
  "Kubernetes' own library for JavaScript informs, applies, asks for rights and takes turns",
  {},
  async (context) => {
    const { config, core } = await stage(context);

    // Informers.
    const seen: string[] = [];
    const list = () => core.listNamespacedConfigMap({ namespace, labelSelector: "watched" });
    const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/configmaps`, list, "watched");
    for (const verb of ["add", "update", "delete"] as const) {
      informer.on(verb, ({ metadata, data }) => seen.push(`${verb} ${metadata?.name} ${data?.a}`));
    }
    const configMap = (a: string) => ({ metadata: { name: "one", labels: { watched: "" } }, data: { a } });
    await core.createNamespacedConfigMap({ namespace, body: configMap("1") });
    await informer.start();
    await until(() => seen.includes("add one 1"));
    await core.replaceNamespacedConfigMap({ namespace, name: "one", body: configMap("2") });
    await until(() => seen.includes("update one 2"));
    await core.deleteNamespacedConfigMap({ namespace, name: "one" });
    await until(() => seen.includes("delete one 2"));
    await informer.stop();

    // A watch from a version that is known, by hand.
    const { metadata } = await core.listNamespacedConfigMap({ namespace });
    const told: string[] = [];
    const query = { resourceVersion: metadata?.resourceVersion ?? "", allowWatchBookmarks: true };
    const watching = await new Watch(config).watch(
      `/api/v1/namespaces/${namespace}/configmaps`,
      query,
      (type, object) => told.push(`${type} ${object.metadata.name}`),
      () => {},
    );
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: "two" } } });
    await until(() => told.includes("ADDED two"));
    watching.abort();

    // Server-side apply, its conflicts, and force.
    const objects = KubernetesObjectApi.makeApiClient(config);
    const apply = (manager: string, data: Record<string, string>, force = false) => {
      const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "applied", namespace }, data };
      return objects.patch(object, undefined, undefined, manager, force, PatchStrategy.ServerSideApply);
    };
    await apply("first", { a: "1", b: "1" });
    await apply("second", { c: "1" });
    assert.equal(await refused(apply("second", { a: "2", c: "1" })), 409);
    await apply("second", { a: "2", c: "1" }, true);
    await apply("first", {});
    const { data, metadata: applied } = await core.readNamespacedConfigMap({ namespace, name: "applied" });
    assert.deepEqual(data, { a: "2", c: "1" });
    assert.deepEqual(
      applied?.managedFields
        ?.map(({ manager, operation }) => `${manager} ${operation}`)
        .filter((each) => /second/.test(each)),
      ["second Apply"],
    );

    // Tokens, reviews and rights.
    await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: "robot" } } });
    const wanted = { spec: { audiences: [], expirationSeconds: 600 } };
    const { status } = await core.createNamespacedServiceAccountToken({ namespace, name: "robot", body: wanted });
    const token = status?.token ?? "";
    const review = await config.makeApiClient(AuthenticationV1Api).createTokenReview({ body: { spec: { token } } });
    const account = `system:serviceaccount:${namespace}:robot`;
    assert.deepEqual([review.status?.authenticated, review.status?.user?.username], [true, account]);
    const own = withToken(config, token);
    const ownCore = own.makeApiClient(CoreV1Api);
    assert.equal(await refused(ownCore.listNamespacedConfigMap({ namespace })), 403);
    const rights = config.makeApiClient(RbacAuthorizationV1Api);
    const rules = [
      { apiGroups: [""], resources: ["configmaps"], verbs: ["list"] },
      { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "create", "update"] },
    ];
    await rights.createNamespacedRole({ namespace, body: { metadata: { name: "robot" }, rules } });
    const subjects = [{ kind: "ServiceAccount", name: "robot", namespace }];
    const roleRef = { apiGroup: rbac, kind: "Role", name: "robot" };
    await rights.createNamespacedRoleBinding({ namespace, body: { metadata: { name: "robot" }, subjects, roleRef } });
    while ((await refused(ownCore.listNamespacedConfigMap({ namespace }))) === 403) await pause(20);
    const may = async (verb: string, resource: string): Promise<boolean | undefined> => {
      const body = { spec: { resourceAttributes: { namespace, verb, resource } } };
      const api = own.makeApiClient(AuthorizationV1Api);
      return (await api.createSelfSubjectAccessReview({ body })).status?.allowed;
    };
    assert.deepEqual([await may("list", "configmaps"), await may("delete", "configmaps")], [true, false]);
    const other = await config.makeApiClient(AuthorizationV1Api).createSubjectAccessReview({
      body: { spec: { user: account, resourceAttributes: { namespace, verb: "list", resource: "secrets" } } },
    });
    assert.equal(other.status?.allowed, false);
    const who = await own.makeApiClient(AuthenticationV1Api).createSelfSubjectReview({ body: {} });
    assert.equal(who.status?.userInfo?.username, account);

    // Whoever is first holds the lease, whoever has an old one is told so, and it is taken over once it is free.
    const leases = own.makeApiClient(CoordinationV1Api);
    const held = (holderIdentity: string) => ({
      metadata: { name: "turn" },
      spec: { holderIdentity, leaseDurationSeconds: 15, renewTime: new V1MicroTime(), leaseTransitions: 0 },
    });
    const first = await leases.createNamespacedLease({ namespace, body: held("a") });
    assert.equal(await refused(leases.createNamespacedLease({ namespace, body: held("b") })), 409);
    const renewed = await leases.replaceNamespacedLease({
      ...{ namespace, name: "turn" },
      body: { ...first, spec: { ...first.spec, renewTime: new V1MicroTime() } },
    });
    const stolen = leases.replaceNamespacedLease({
      namespace,
      name: "turn",
      body: { ...first, ...{ spec: held("b").spec } },
    });
    assert.equal(await refused(stolen), 409);
    const free = await leases.replaceNamespacedLease({
      ...{ namespace, name: "turn" },
      body: { ...renewed, spec: { ...renewed.spec, holderIdentity: "" } },
    });
    const taken = { ...free, spec: { ...held("b").spec, leaseTransitions: 1 } };
    assert.equal(
      (await leases.replaceNamespacedLease({ namespace, name: "turn", body: taken })).spec?.holderIdentity,
      "b",
    );
  },
);
