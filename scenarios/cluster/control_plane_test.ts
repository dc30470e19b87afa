import type { StatusAnswer } from "../../actors/store/messages.ts";
import { assert, test } from "../../properties/house/test.ts";
import type { Address } from "../../runtime/mod.ts";
import { childSpecs } from "./child_specs.ts";
import { controlPlane } from "./control_plane.ts";
import { type Cluster, createCluster } from "./create_cluster.ts";
import {
  apiServerAddress,
  computerAddress,
  kubeletOf,
  managerAddress,
  nodePlaces,
  schedulerAddress,
  storeAddress,
} from "./topology.ts";

const workers = 2;
const topology = { nodes: workers, ...controlPlane(3) };
const deployments = { group: "apps", resource: "deployments", namespace: "default" } as const;

interface Node {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly taints?: readonly { readonly key: string; readonly effect: string }[] };
}

/** All that one node of the control plane carries. */
const partsOf = (index: number): readonly Address[] => [
  storeAddress(index),
  apiServerAddress(index),
  managerAddress(index),
  schedulerAddress(index),
  computerAddress(workers + index),
  kubeletOf(`control-plane-${index}`),
];

/** Until all replicas are available, or a minute is over. */
async function untilAvailable({ api, wait }: Cluster, name: string, server: Address): Promise<number> {
  let available = 0;
  for (let seconds = 0; seconds < 60; seconds++) {
    const { body } = await api<{ spec: { replicas: number }; status: { availableReplicas?: number } }>({
      ...deployments,
      verb: "get",
      name,
      server,
    });
    available = body.status.availableReplicas ?? 0;
    if (available === body.spec.replicas) break;
    await wait(1_000);
  }
  return available;
}

/** The next thing that it writes is the last that its disk sees. */
async function loseDisk({ api, host, wait }: Cluster, store: Address) {
  const lives = (await host.inspect(store))?.incarnation ?? 0;
  const end = await host.inject({ kind: "lostDisk", parameters: { actor: store } });
  await api({ verb: "create", resource: "namespaces", body: { metadata: { name: "one-write-more" } } });
  await wait(200);
  await end();
  assert.ok(((await host.inspect(store))?.incarnation ?? 0) > lives, "it did not lose its disk");
}

function deployment(name: string) {
  const labels = { app: name };
  const spec = { containers: [{ name: "main", image: "registry.k8s.io/pause:3.10" }] };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "default" },
    spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}

test("nodes of a control plane are labelled and tainted, and come behind those for workloads", async () => {
  assert.deepEqual(
    nodePlaces(topology).map(({ name }) => name),
    ["node-0", "node-1", "control-plane-0", "control-plane-1", "control-plane-2"],
  );
  const kinds = childSpecs(topology).map(({ kind }) => kind);
  for (const kind of ["store", "apiserver", "controller_manager", "scheduler"]) {
    assert.equal(kinds.filter((each) => each === kind).length, 3, kind);
  }
  await using cluster = await createCluster({ topology });
  const { body } = await cluster.api<{ items: Node[] }>({ verb: "list", resource: "nodes" });
  const role = "node-role.kubernetes.io/control-plane";
  for (const { metadata, spec } of body.items) {
    const isOfPlane = metadata.name.startsWith("control-plane-");
    assert.equal(metadata.labels[role], isOfPlane ? "" : undefined);
    assert.deepEqual(spec.taints, isOfPlane ? [{ key: role, effect: "NoSchedule" }] : undefined);
  }
});

test("any node of three may be lost, its disk too, and the cluster goes on", async () => {
  await using cluster = await createCluster({ topology });
  const { api, host, wait } = cluster;
  for (const index of [0, 1, 2]) {
    const server = apiServerAddress((index + 1) % 3);
    if (index === 2) await loseDisk(cluster, storeAddress(index));
    const ends: (() => Promise<void>)[] = [];
    for (const actor of partsOf(index)) ends.push(await host.inject({ kind: "crash", parameters: { actor } }));
    await wait(20_000);
    const name = `during-${index}`;
    const created = await api({ ...deployments, verb: "create", body: deployment(name), server });
    assert.equal(created.code, 201, JSON.stringify(created.body));
    assert.equal(await untilAvailable(cluster, name, server), 2, `without node ${index} nothing goes on`);
    for (const end of ends) await end();
    await cluster.ready();
    await wait(30_000);
    assert.equal(await untilAvailable(cluster, name, apiServerAddress(index)), 2, `node ${index} does not come back`);
  }
  const replicas = await Promise.all(
    [0, 1, 2].map((index) => host.ask(storeAddress(index), { type: "store.status" }, 5_000)),
  );
  const { revision: newest } = replicas[0] as StatusAnswer;
  for (const { type, self, revision, rebuilding } of replicas as StatusAnswer[]) {
    assert.deepEqual([type, rebuilding], ["store.status.ok", undefined]);
    assert.ok(Math.abs(newest - revision) < 50, `${self} has come to ${revision} of ${newest}`);
  }
  assert.deepEqual(host.failures(), []);
});
