import type { KubeList, KubeObject } from "../../actors/api/types.ts";
import { assert, isLong, test } from "../../properties/house/test.ts";
import type { Address } from "../../runtime/mod.ts";
import { type Cluster, createCluster } from "./create_cluster.ts";
import { apiServerAddress, managerAddress, schedulerAddress, storeAddress } from "./topology.ts";

const nodes = 3;
const topology = { nodes, stores: 3, apiservers: 2, managers: 2, schedulers: 2 } as const;
const namespace = "default";
const deployments = isLong ? 50 : 2;
const replicas = 2;
const completions = 4;
const downMs = 3_000;

/** All actors of the control plane. */
const actors: readonly Address[] = [
  ...[0, 1, 2].map(storeAddress),
  ...[0, 1].flatMap((index) => [apiServerAddress(index), managerAddress(index), schedulerAddress(index)]),
];
const pairs = actors.flatMap((one, index) => actors.slice(index + 1).map((other) => [one, other]));

interface Workload {
  readonly metadata: { readonly name: string; readonly generation: number };
  readonly spec: { readonly replicas: number; readonly completions?: number };
  readonly status: Readonly<Record<string, number & string>>;
}

interface Owned {
  readonly metadata: {
    readonly name: string;
    readonly deletionTimestamp?: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly nodeName?: string; readonly replicas?: number; readonly template?: Template };
  readonly status: { readonly phase?: string };
}

interface Template {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
}

const kinds = [
  ["apps", "deployments", "Deployment"],
  ["apps", "statefulsets", "StatefulSet"],
  ["apps", "daemonsets", "DaemonSet"],
] as const;

/** Applies all that rolls out, in its version, and a Job that belongs to it. */
async function rollOut({ api }: Cluster, round: number) {
  const apply = async (
    group: string,
    resource: string,
    object: { metadata: { name: string }; [field: string]: unknown },
  ) => {
    const target = { group, resource, namespace, name: object.metadata.name } as const;
    const { code } = await api({
      ...{ ...target, verb: "patch", contentType: "application/apply-patch+yaml" },
      query: { fieldManager: "test", force: "true" },
      body: object,
    });
    assert.ok(code === 200 || code === 201, `${object.metadata.name}: ${code}`);
  };
  const podOf = (name: string, command?: readonly string[]) => ({
    metadata: { labels: { app: name }, annotations: { round: String(round) } },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [
        { name: "main", image: "registry.k8s.io/pause:3.10", ...(command ? { image: "busybox", command } : {}) },
      ],
      ...(command ? { restartPolicy: "Never" } : {}),
    },
  });
  for (const [group, resource, kind] of kinds) {
    for (let index = 0; index < (resource === "deployments" ? deployments : 1); index++) {
      const name = `${resource}-${index}`;
      const selector = { matchLabels: { app: name } };
      const scaled = kind === "DaemonSet" ? {} : { replicas };
      const service = kind === "StatefulSet" ? { serviceName: name } : {};
      const spec = { ...scaled, ...service, selector, template: podOf(name) };
      await apply(group, resource, { apiVersion: "apps/v1", kind, metadata: { name }, spec });
    }
  }
  const name = `job-${round}`;
  const spec = { completions, parallelism: 2, template: podOf(name, ["sh", "-c", "sleep 1"]) };
  await apply("batch", "jobs", { apiVersion: "batch/v1", kind: "Job", metadata: { name }, spec });
}

async function listOf<Item>({ api }: Cluster, group: string, resource: string): Promise<readonly Item[]> {
  const { code, body } = await api<KubeList<KubeObject>>({ verb: "list", group, resource, namespace });
  return code === 200 ? (body.items as unknown as readonly Item[]) : [];
}

/** What is not as it ought to be in the end; nothing: all is. */
async function unfinished(cluster: Cluster, round: number): Promise<readonly string[]> {
  const left: string[] = [];
  const expect = ({ metadata: { name } }: Workload, holds: boolean) => holds || left.push(name);
  const seen = ({ metadata, status }: Workload) => status.observedGeneration === metadata.generation;
  const rolling = await listOf<Workload>(cluster, "apps", "deployments");
  for (const each of rolling) {
    const { updatedReplicas, availableReplicas, replicas: all } = each.status;
    expect(each, seen(each) && [updatedReplicas, availableReplicas, all].every((count) => count === replicas));
  }
  const sets = await listOf<Workload>(cluster, "apps", "statefulsets");
  for (const each of sets) {
    const { currentRevision, updateRevision, availableReplicas } = each.status;
    expect(each, seen(each) && currentRevision === updateRevision && availableReplicas === replicas);
  }
  const daemons = await listOf<Workload>(cluster, "apps", "daemonsets");
  for (const each of daemons) {
    const { updatedNumberScheduled, numberAvailable } = each.status;
    expect(each, seen(each) && updatedNumberScheduled === nodes && numberAvailable === nodes);
  }
  const jobs = await listOf<Workload>(cluster, "batch", "jobs");
  for (const each of jobs) expect(each, each.status.succeeded === completions);
  const counts = [rolling.length, sets.length, daemons.length, jobs.length];
  if (counts.join() !== [deployments, 1, 1, round].join()) left.push(`there are ${counts}`);
  return left;
}

/** What is there twice. */
async function doubled(cluster: Cluster, round: number): Promise<readonly string[]> {
  const pods = (await listOf<Owned>(cluster, "", "pods")).filter(({ metadata }) => !metadata.deletionTimestamp);
  const found: string[] = [];
  const expect = (app: string, wanted: number) => {
    const own = pods.filter(({ metadata }) => metadata.labels.app === app);
    if (own.length !== wanted) found.push(`${app} has ${own.length} pods of ${wanted}`);
    return own;
  };
  for (let index = 0; index < deployments; index++) expect(`deployments-${index}`, replicas);
  expect("statefulsets-0", replicas);
  const places = expect("daemonsets-0", nodes).map(({ spec }) => spec.nodeName);
  if (new Set(places).size !== nodes) found.push(`daemons are on ${places}`);
  for (let each = 1; each <= round; each++) {
    const done = expect(`job-${each}`, completions).filter(({ status }) => status.phase === "Succeeded");
    if (done.length !== completions) found.push(`job-${each} has ${done.length} pods that succeeded`);
  }
  const replicaSets = await listOf<Owned>(cluster, "apps", "replicasets");
  for (let index = 0; index < deployments; index++) {
    const own = replicaSets.filter(({ metadata }) => metadata.labels.app === `deployments-${index}`);
    const rounds = own.map(({ spec }) => spec.template?.metadata.annotations?.round);
    if (new Set(rounds).size !== own.length) found.push(`deployments-${index} has two ReplicaSets for one template`);
  }
  return found;
}

test("a rollout converges, and nothing is there twice, whichever of the control plane is killed in it, or which two", async () => {
  await using cluster = await createCluster({ topology });
  const { host, wait } = cluster;
  const [manager, scheduler, server] = [managerAddress(0), schedulerAddress(0), apiServerAddress(0)];
  const kills = isLong ? [...actors.map((actor) => [actor]), ...pairs] : [[manager], [server, scheduler]];
  let round = 0;
  for (const killed of kills) {
    round++;
    await rollOut(cluster, round);
    await wait(400);
    const ends: (() => Promise<void>)[] = [];
    for (const actor of killed) ends.push(await host.inject({ kind: "crash", parameters: { actor } }));
    await wait(downMs);
    for (const end of ends) await end();
    let left: readonly string[] = ["all"];
    for (let seconds = 0; left.length > 0 && seconds < 180; seconds += 2) {
      await wait(2_000);
      left = await unfinished(cluster, round);
    }
    assert.deepEqual(left, [], `without ${killed} round ${round} does not end`);
    await wait(3_000);
    assert.deepEqual(await doubled(cluster, round), [], `without ${killed}`);
  }
  assert.deepEqual(host.failures(), []);
});
