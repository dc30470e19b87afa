import type { CSINode } from "../../actors/api/kinds/csi_node.ts";
import type { PersistentVolume } from "../../actors/api/kinds/persistent_volume.ts";
import type { PersistentVolumeClaim } from "../../actors/api/kinds/persistent_volume_claim.ts";
import type { Event, KubeObject, Node, Pod } from "../../actors/api/types.ts";
import type { CloudRequest, CloudVolumes } from "../../actors/cloud/messages.ts";
import { cloudDriver } from "../../actors/storage/messages.ts";
import { assert, test } from "../../properties/house/test.ts";
import { type Cluster, createCluster } from "./create_cluster.ts";
import { cloudAddress, type Topology } from "./topology.ts";

const small: Partial<Topology> = { nodes: 0, stores: 1, apiservers: 1 };
const aurora = cloudAddress("aurora");
const driver = cloudDriver("aurora");
const namespace = "default";
const cluster = ["persistentvolumes", "nodes", "csinodes", "volumeattachments"];
const groups: Readonly<Record<string, string>> = { csinodes: "storage.k8s.io", volumeattachments: "storage.k8s.io" };

async function itemsOf<T extends KubeObject>({ api }: Cluster, resource: string) {
  const where = { group: groups[resource] ?? "", ...(cluster.includes(resource) ? {} : { namespace }) };
  return (await api<{ items: readonly T[] } & KubeObject>({ verb: "list", resource, ...where })).body.items;
}

async function asked<T>({ host }: Cluster, request: CloudRequest): Promise<T> {
  return ((await host.ask(aurora, { type: "cloud.call", request } as never, 1_000)) as { value: T }).value;
}

const volumesOf = async (at: Cluster) => (await asked<CloudVolumes>(at, { op: "ListVolumes" })).volumes;

const claim = (name: string, more: object = {}) => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name },
  spec: {
    ...{ storageClassName: "aurora-disk", accessModes: ["ReadWriteOnce"] },
    ...{ resources: { requests: { storage: "1Gi" } }, ...more },
  },
});

const user = (name: string, script = "sleep 10000") => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [
      { name: "c", image: "busybox", command: ["sh", "-c", script], volumeMounts: [{ name: "d", mountPath: "/d" }] },
    ],
    volumes: [{ name: "d", persistentVolumeClaim: { claimName: name } }],
  },
});

async function create({ api }: Cluster, body: { readonly kind: string }) {
  const resource = body.kind === "Pod" ? "pods" : "persistentvolumeclaims";
  await api({ verb: "create", resource, namespace, body: body as unknown as KubeObject });
}

async function reasonsOf(at: Cluster, name: string) {
  const events = await itemsOf<Event>(at, "events");
  return events.filter(({ involvedObject }) => involvedObject?.name === name).map(({ reason }) => reason ?? "");
}

test("a claim of a provider's class gets a volume in the zone of its pod, which goes with the pod and back when the claim goes", async () => {
  const clouds = [{ provider: "aurora", nodes: 2 } as const];
  await using at = await createCluster({ topology: { ...small, clouds } });
  await at.wait(4_000);
  assert.deepEqual(
    (await itemsOf<CSINode>(at, "csinodes")).map(({ spec }) => [
      spec.drivers?.[0]?.name,
      spec.drivers?.[0]?.allocatable,
    ]),
    [
      [driver, { count: 8 }],
      [driver, { count: 8 }],
    ],
  );
  await create(at, claim("data"));
  await create(at, user("data", "echo kept > /d/it; sleep 10000"));
  await at.wait(5_000);
  const [pod] = await itemsOf<Pod>(at, "pods");
  assert.equal(pod?.status.phase, "Running");
  const node = (await itemsOf<Node>(at, "nodes")).find(({ metadata }) => metadata.name === pod?.spec.nodeName);
  const zone = node?.metadata.labels?.["topology.kubernetes.io/zone"];
  const [volume] = await itemsOf<PersistentVolume>(at, "persistentvolumes");
  const matchExpressions = [{ key: "topology.kubernetes.io/zone", operator: "In", values: [zone] }];
  assert.deepEqual(volume?.spec.nodeAffinity, { required: { nodeSelectorTerms: [{ matchExpressions }] } });
  const instance = node?.spec.providerID?.split("/").at(-1);
  assert.deepEqual(await volumesOf(at), [
    { name: volume?.metadata.name, zone, bytes: 2 ** 30, isKept: true, instance },
  ]);
  const patch = { spec: { resources: { requests: { storage: "2Gi" } } } };
  const contentType = "application/merge-patch+json";
  await at.api({
    verb: "patch",
    resource: "persistentvolumeclaims",
    namespace,
    name: "data",
    body: patch,
    contentType,
  });
  await at.api({ verb: "delete", resource: "pods", namespace, name: "data" });
  await at.wait(4_000);
  assert.deepEqual(
    (await volumesOf(at)).map((each) => [each.bytes, each.instance]),
    [[2 ** 31, undefined]],
  );
  assert.equal((await itemsOf(at, "volumeattachments")).length, 0);
  await create(at, user("data", "grep -q kept /d/it && sleep 10000"));
  await at.wait(5_000);
  assert.equal((await itemsOf<Pod>(at, "pods"))[0]?.status.phase, "Running");
  await at.api({ verb: "delete", resource: "persistentvolumeclaims", namespace, name: "data" });
  await at.api({ verb: "delete", resource: "pods", namespace, name: "data" });
  await at.wait(10_000);
  assert.deepEqual([await volumesOf(at), await itemsOf(at, "persistentvolumes")], [[], []]);
});

test("a node has no more of a provider's volumes than can be attached, and a pod beyond that waits", async () => {
  const clouds = [{ provider: "aurora", nodes: 1 } as const];
  await using at = await createCluster({ topology: { ...small, clouds } });
  await at.wait(4_000);
  for (let index = 0; index < 9; index++) {
    await create(at, claim(`c-${index}`));
    await create(at, user(`c-${index}`));
    await at.wait(1_000);
  }
  await at.wait(10_000);
  const pods = await itemsOf<Pod>(at, "pods");
  const waiting = pods.filter(({ status }) => status.phase === "Pending");
  assert.deepEqual(
    waiting.map(({ status }) => status.conditions?.find(({ type }) => type === "PodScheduled")?.message),
    [
      "0/1 nodes are available: 1 node(s) exceed max volume count. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
    ],
  );
  await at.api({ verb: "delete", resource: "pods", namespace, name: "c-0" });
  await at.wait(20_000);
  const running = (await itemsOf<Pod>(at, "pods")).filter(({ status }) => status.phase === "Running");
  assert.equal(running.length, 8);
});

test("volumes are rented, attached and given back by a provider that fails by half, and none is left of a claim that went meanwhile", async () => {
  const clouds = [{ provider: "aurora", nodes: 1 } as const];
  await using at = await createCluster({ topology: { ...small, clouds } });
  await at.wait(4_000);
  const halfDone = { kind: "halfDone", parameters: { cloud: aurora, probability: 1 } } as const;
  const heal = await at.host.inject(halfDone);
  await create(at, claim("lost"));
  await create(at, user("lost"));
  await create(at, claim("data"));
  await create(at, user("data"));
  await at.wait(3_000);
  assert.ok((await reasonsOf(at, "lost")).includes("ProvisioningFailed"));
  assert.equal((await volumesOf(at)).length, 2);
  await at.api({ verb: "delete", resource: "pods", namespace, name: "lost" });
  await at.api({ verb: "delete", resource: "persistentvolumeclaims", namespace, name: "lost" });
  await heal();
  await at.wait(40_000);
  assert.deepEqual(
    (await volumesOf(at)).map(({ isKept, instance }) => [isKept, instance !== undefined]),
    [[true, true]],
  );
  const healAgain = await at.host.inject(halfDone);
  await at.api({ verb: "delete", resource: "pods", namespace, name: "data" });
  await at.wait(3_000);
  await create(at, user("data"));
  await at.wait(3_000);
  await healAgain();
  await at.wait(30_000);
  assert.equal((await itemsOf<Pod>(at, "pods"))[0]?.status.phase, "Running");
  await at.api({ verb: "delete", resource: "pods", namespace, name: "data" });
  await at.api({ verb: "delete", resource: "persistentvolumeclaims", namespace, name: "data" });
  await at.wait(20_000);
  assert.deepEqual([await volumesOf(at), await itemsOf<PersistentVolumeClaim>(at, "persistentvolumeclaims")], [[], []]);
});

test("what a provider had in an earlier life is rented anew, where it was, and attached to the node that is there now", async () => {
  const clouds = [{ provider: "aurora", nodes: 1 } as const];
  await using at = await createCluster({ topology: { ...small, clouds } });
  await at.wait(4_000);
  await create(at, claim("data"));
  await create(at, user("data", "echo kept > /d/it; sleep 10000"));
  await at.wait(5_000);
  const [before] = await volumesOf(at);
  await at.host.inject({ kind: "crash", parameters: { actor: aurora }, forMs: 1_000 });
  await at.wait(60_000);
  const [after] = await volumesOf(at);
  assert.deepEqual({ ...after, instance: "" }, { ...before, instance: "" });
  assert.notEqual(after?.instance, before?.instance);
  await at.api({ verb: "delete", resource: "pods", namespace, name: "data" });
  await at.wait(2_000);
  await create(at, user("data", "grep -q kept /d/it && sleep 10000"));
  await at.wait(10_000);
  assert.equal((await itemsOf<Pod>(at, "pods"))[0]?.status.phase, "Running");
});
