import { rehearsedAuthority } from "../../actors/api/rehearsed_authority.ts";
import type { KubeObject, Pod, Status } from "../../actors/api/types.ts";
import { assert, test } from "../../properties/house/test.ts";
import { testCertificate } from "../../properties/stages/cluster/test_certificate.ts";
import { createCluster } from "./create_cluster.ts";

const namespace = "default";
const group = "certificates.k8s.io";
const version = "v1beta1";

/** A pod that runs a command once, and says what it has written as its last word. */
function pod(name: string, script: string, volumes: readonly object[]): KubeObject {
  const command = ["sh", "-c", `{ ${script}; } > /dev/termination-log 2>&1`];
  const volumeMounts = volumes.map((each) => ({ name: (each as { name: string }).name, mountPath: "/v" }));
  const containers = [{ name: "c", image: "busybox", command, volumeMounts }];
  const object = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: { restartPolicy: "Never", containers, volumes },
  };
  return object as unknown as KubeObject;
}

const image = (reference: string, more: object = {}) => [{ name: "v", image: { reference, ...more } }];
const projected = (clusterTrustBundle: object) => [{ name: "v", projected: { sources: [{ clusterTrustBundle }] } }];

function bundle(name: string, spec: object): KubeObject {
  const made = { apiVersion: `${group}/${version}`, kind: "ClusterTrustBundle", metadata: { name }, spec };
  return made as unknown as KubeObject;
}

test("images are mounted as volumes where ImageVolume is on, and forgotten where it is not", async () => {
  const topology = { nodes: 1, stores: 1, apiservers: 1 } as const;
  await using cluster = await createCluster({ topology: { ...topology, featureGates: ["ImageVolume"] } });
  const create = (body: KubeObject) => cluster.api<Status>({ verb: "create", resource: "pods", namespace, body });
  const read = "cat /v/dir/file /v/file; ls /v; touch /v/x";
  await create(pod("docs", read, image("quay.io/crio/artifact:v2")));
  await create(pod("system", "cat /v/etc/hostname; ls -d /v/usr", image("nginx:1.27")));
  await create(pod("never", "true", image("redis:7", { pullPolicy: "Never" })));
  await create(pod("missing", "true", image("nginx:nonexistent")));
  await create(pod("unknown", "true", image("example.com/mine:1")));
  const [refused] = [await create(pod("empty", "true", image("", { pullPolicy: "Maybe" })))];
  assert.deepEqual(
    refused.body.details?.causes?.map(({ field, message }) => `${field}: ${message}`),
    [
      "spec.volumes[0].image.reference: Required value",
      'spec.volumes[0].image.pullPolicy: Unsupported value: "Maybe": supported values: "Always", "IfNotPresent", "Never"',
      'spec.containers[0].volumeMounts[0].name: Not found: "v"',
    ],
  );
  await cluster.wait(9_000);
  const get = async (name: string) => (await cluster.api<Pod>({ verb: "get", resource: "pods", namespace, name })).body;
  const saysOf = async (name: string) => {
    const { state = {} } = (await get(name)).status.containerStatuses?.[0] ?? {};
    return state.terminated?.message ?? `${state.waiting?.reason}: ${state.waiting?.message}`;
  };
  assert.equal(await saysOf("docs"), "1\n2\ndir\nfile\ntouch: /v/x: Read-only file system\n");
  assert.match(await saysOf("system"), /\/v\/usr\n$/);
  assert.equal(
    await saysOf("never"),
    'ErrImageNeverPull: Container image "redis:7" is not present with pull policy of Never',
  );
  assert.match(
    await saysOf("missing"),
    /^ImagePullBackOff: Back-off pulling image "nginx:nonexistent": ErrImagePull: /,
  );
  assert.match(
    await saysOf("unknown"),
    /^CreateContainerError: .*kubetroupe knows no files of image "example.com\/mine:1"/,
  );
  type Events = { items: readonly { involvedObject: { name: string; fieldPath?: string }; message: string }[] };
  const { body } = await cluster.api<Events & KubeObject>({ verb: "list", resource: "events", namespace });
  const told = body.items.filter(({ message }) => message.includes("artifact:v2"));
  assert.deepEqual(
    told.map(({ involvedObject, message }) => [involvedObject.fieldPath, message.slice(0, 26)]),
    [
      [undefined, 'Pulling image "quay.io/cri'],
      [undefined, "Successfully pulled image "],
    ],
  );
  assert.deepEqual(cluster.host.failures(), []);

  await using usual = await createCluster({ topology });
  const made = pod("docs", "ls /v", image("quay.io/crio/artifact:v2"));
  const { body: forgotten } = await usual.api<Pod>({ verb: "create", resource: "pods", namespace, body: made });
  assert.deepEqual(
    forgotten.spec.volumes?.filter(({ name }) => name === "v"),
    [],
  );
  const { code } = await usual.api({ verb: "list", group, version, resource: "clustertrustbundles" });
  assert.equal(code, 404);
});

test("bundles of trust are kept, judged, attested and mounted where their features are on", async () => {
  const featureGates = ["ClusterTrustBundle", "ClusterTrustBundleProjection"] as const;
  await using cluster = await createCluster({ topology: { nodes: 1, stores: 1, apiservers: 1, featureGates } });
  const { api } = cluster;
  const of = { group, version, resource: "clustertrustbundles" } as const;
  const whose = { impersonate: { name: "alice", groups: ["system:authenticated"] } };
  const trustBundle = rehearsedAuthority;
  const signerName = "example.com/signer";
  const create = (body: KubeObject, by: object = {}) => api<Status>({ verb: "create", ...of, body, ...by });
  await api({
    verb: "create",
    resource: "pods",
    namespace,
    body: pod("early", "cat /v/ca", projected({ name: "mine", path: "ca" })),
  });
  await cluster.wait(3_000);
  const wrong = await create(bundle("mine", { signerName, trustBundle: "none" }));
  assert.deepEqual(
    wrong.body.details?.causes?.map(({ field, message }) => `${field}: ${message}`),
    [
      'metadata.name: Invalid value: "mine": ClusterTrustBundle for signerName example.com/signer must be named with prefix example.com:signer:',
      'spec.trustBundle: Invalid value: "<value omitted>": at least one trust anchor must be provided',
    ],
  );
  const twice = await create(bundle("mine", { trustBundle: `${trustBundle}${trustBundle}` }));
  assert.match(twice.body.message ?? "", /duplicate trust anchor \(indices \[0 1\]\)/);
  assert.equal((await create(bundle("mine", { trustBundle }))).code, 201);

  const rules = [{ apiGroups: [group], resources: ["clustertrustbundles"], verbs: ["create"] }];
  const rbac = { group: "rbac.authorization.k8s.io" };
  const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: "maker" }, rules };
  await api({ verb: "create", ...rbac, resource: "clusterroles", body: role as never });
  const binding = {
    ...{ apiVersion: role.apiVersion, kind: "ClusterRoleBinding", metadata: { name: "maker" } },
    roleRef: { apiGroup: rbac.group, kind: "ClusterRole", name: "maker" },
    subjects: [{ apiGroup: rbac.group, kind: "User", name: "alice" }],
  };
  await api({ verb: "create", ...rbac, resource: "clusterrolebindings", body: binding as never });
  const signed = bundle("example.com:signer:1", { signerName, trustBundle });
  const unattested = await create(signed, whose);
  assert.match(unattested.body.message ?? "", /: user not permitted to attest for signerName "example.com\/signer"$/);
  assert.equal((await create(bundle("hers", { trustBundle }), whose)).code, 201);
  assert.equal((await create(signed)).code, 201);

  const bySigner = { signerName, labelSelector: {}, path: "ca" };
  await api({ verb: "create", resource: "pods", namespace, body: pod("signer", "cat /v/ca", projected(bySigner)) });
  const none = projected({ name: "none", path: "ca", optional: true });
  await api({ verb: "create", resource: "pods", namespace, body: pod("optional", "wc -c < /v/ca", none) });
  await cluster.wait(5_000);
  const said = async (name: string) => {
    const { body } = await api<Pod>({ verb: "get", resource: "pods", namespace, name });
    return body.status.containerStatuses?.[0]?.state?.terminated?.message ?? body.status.phase;
  };
  assert.deepEqual(
    [await said("early"), await said("signer"), await said("optional")],
    [trustBundle, trustBundle, "0\n"],
  );
  // Who has mounted one sees another come in its place.
  const count = "grep -c BEGIN /v/ca";
  const follow = `A=$(${count}); while [ "$(${count})" = "$A" ]; do sleep 1; done; echo $A $(${count})`;
  const byName = projected({ name: "mine", path: "ca" });
  await api({ verb: "create", resource: "pods", namespace, body: pod("follows", follow, byName) });
  await cluster.wait(5_000);
  assert.equal(await said("follows"), "Running");
  const spec = { trustBundle: `${trustBundle}${testCertificate.ca}` };
  const patch = { body: { spec }, contentType: "application/merge-patch+json" } as const;
  const patched = await api<Status>({ verb: "patch", ...of, name: "mine", ...patch });
  assert.equal(patched.code, 200, patched.body.message);
  await cluster.wait(5_000);
  assert.equal(await said("follows"), "1 2\n");
  const selected = await api<{ items: readonly KubeObject[] } & KubeObject>({
    ...{ verb: "list", ...of, query: { fieldSelector: "spec.signerName=kubernetes.io/kube-apiserver-serving" } },
  });
  const names = selected.body.items.map(({ metadata }) => metadata.name);
  assert.equal(names.length, 1);
  assert.match(names[0] ?? "", /^kubernetes\.io:kube-apiserver-serving:[0-9a-f]{24}$/);
  type Events = { items: readonly { reason: string; message: string }[] };
  const { body } = await api<Events & KubeObject>({ verb: "list", resource: "events", namespace });
  const waited = body.items.find(({ reason }) => reason === "FailedMount");
  assert.match(waited?.message ?? "", /clustertrustbundle\.certificates\.k8s\.io "mine" not found$/);
  assert.deepEqual(cluster.host.failures(), []);
});
