import type { Frozen, KubeList, KubeObject } from "../actors/api/types.ts";
import type { StatusAnswer, StoreError } from "../actors/store/messages.ts";
import type { Host } from "../runtime/hosts/host.ts";
import type { Address } from "../runtime/mod.ts";
import type { ApiCall, AskApi } from "./api_access.ts";
import { apiServerAddresses, storeAddresses, type Topology } from "./topology.ts";

/** How far a cluster has come. Stages follow each other, each from 0 to `of`. */
export interface Milestone {
  readonly stage: "store" | "apiservers" | "leaders" | "nodes";
  readonly done: number;
  readonly of: number;
  /** Since the start of the cluster, in its own time. */
  readonly atMs: number;
  /** Who: the store's leader, and nobody else. */
  readonly who?: Address;
}

/** What waiting for a cluster needs. */
export interface ReadinessOptions {
  readonly host: Host;
  readonly api: AskApi;
  readonly topology: Topology;
  /** Since the start of the cluster. */
  uptimeMs(): number;
  /** The wall clock: what a cluster says of itself from before then is no longer true. */
  readonly startedAtMs: number;
  /** Lets time pass. */
  wait(ms: number): Promise<void>;
  readonly onProgress?: (milestone: Milestone) => void;
  readonly signal?: AbortSignal;
  readonly withinMs: number;
  /** What to wait for. Default: all. */
  readonly stages?: readonly Milestone["stage"][];
}

interface Stage {
  readonly name: Milestone["stage"];
  readonly of: number;
  count(): Promise<{ readonly done: number; readonly who?: Address }>;
}

interface NodeObject extends KubeObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

interface LeaseObject extends KubeObject {
  readonly spec?: { readonly holderIdentity?: string; readonly renewTime?: string };
}

const pollMsLeast = 15;
/** A list of nodes costs the more the more there are. */
const pollMsPerNode = 0.3;
const askTimeoutMs = 1_000;
const components = ["kube-controller-manager", "kube-scheduler"];

/**
 * Waits until all of a cluster works: the store has a leader, the API servers serve, controller manager and scheduler
 * lead, every node is Ready.
 *
 * @throws Error when a component was given up, when time is over, or when the signal says so
 */
export async function untilReady(options: ReadinessOptions): Promise<void> {
  const { topology, uptimeMs, wait, onProgress } = options;
  const endsAtMs = uptimeMs() + options.withinMs;
  const pollMs = Math.max(pollMsLeast, Math.round(topology.nodes * pollMsPerNode));
  for (const stage of stagesOf(options)) {
    if (options.stages && !options.stages.includes(stage.name)) continue;
    for (let before = -1; before < stage.of; ) {
      const { done, who } = await stage.count();
      if (done !== before) {
        onProgress?.({ stage: stage.name, done, of: stage.of, atMs: uptimeMs(), ...(who ? { who } : {}) });
        before = done;
      }
      if (done >= stage.of) break;
      assertHopeful(options, { stage, done, isLate: uptimeMs() > endsAtMs });
      await wait(pollMs);
    }
  }
}

function assertHopeful(
  { host, signal, withinMs }: ReadinessOptions,
  { stage, done, isLate }: { readonly stage: Stage; readonly done: number; readonly isLate: boolean },
) {
  signal?.throwIfAborted();
  const [failure] = host.failures();
  if (failure) throw new Error(`Cannot bring the cluster up: "${failure.address}" was given up: ${failure.reason}`);
  if (isLate) throw new Error(`Cannot bring the cluster up: after ${withinMs} ms ${stage.name} ${done} of ${stage.of}`);
}

function stagesOf(options: ReadinessOptions): readonly Stage[] {
  const { host, api, topology, startedAtMs } = options;
  const { schedulers = 1, managers = 1, nodes } = topology;
  const servers = apiServerAddresses(topology);
  const leading = components.filter((_name, index) => (index === 0 ? managers : schedulers) > 0);
  return [
    { name: "store", of: 1, count: () => storeLeader(host, topology) },
    { name: "apiservers", of: servers.length, count: async () => ({ done: await serving(api, servers) }) },
    {
      name: "leaders",
      of: leading.length,
      async count() {
        const leases = await Promise.all(
          leading.map((name) => objectOf<LeaseObject>(api, { ...leaseCall, namespace: "kube-system", name })),
        );
        return { done: leases.filter((lease) => isHeld(lease, startedAtMs)).length };
      },
    },
    { name: "nodes", of: nodes, count: async () => ({ done: await nodesReady(api, startedAtMs) }) },
  ];
}

const leaseCall = { group: "coordination.k8s.io", resource: "leases" };

/** Who leads the store, as a majority of its replicas that answer sees it. */
export async function storeLeader(
  host: Pick<Host, "ask">,
  topology: Topology,
): Promise<{ readonly done: number; readonly who?: Address }> {
  const addresses = storeAddresses(topology);
  const votes = new Map<Address, number>();
  const answers = await Promise.all(
    addresses.map((address) => host.ask(address, { type: "store.status" }, askTimeoutMs).catch(() => undefined)),
  );
  for (const answer of answers as (StatusAnswer | StoreError | undefined)[]) {
    if (answer?.type !== "store.status.ok" || answer.leader === undefined) continue;
    const count = (votes.get(answer.leader) ?? 0) + 1;
    votes.set(answer.leader, count);
    if (count * 2 > addresses.length) return { done: 1, who: answer.leader };
  }
  return { done: 0 };
}

async function serving(api: AskApi, servers: readonly Address[]): Promise<number> {
  const call = { verb: "list", resource: "namespaces", query: { limit: "1" }, timeoutMs: askTimeoutMs } as const;
  const codes = await Promise.all(
    servers.map((server) =>
      api({ ...call, server }).then(
        ({ code }) => code,
        () => 0,
      ),
    ),
  );
  return codes.filter((code) => code === 200).length;
}

/** Nodes that are Ready, and have said so in this life of the cluster. */
async function nodesReady(api: AskApi, startedAtMs: number): Promise<number> {
  const [nodes, leases] = await Promise.all([
    listOf<NodeObject>(api, { resource: "nodes" }),
    listOf<LeaseObject>(api, { ...leaseCall, namespace: "kube-node-lease" }),
  ]);
  const alive = new Set(leases.filter((lease) => isHeld(lease, startedAtMs)).map(({ metadata }) => metadata.name));
  return nodes.filter((node) => alive.has(node.metadata.name) && isReady(node)).length;
}

function isReady({ status }: Frozen<NodeObject>): boolean {
  return status?.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True") === true;
}

function isHeld(lease: Frozen<LeaseObject> | undefined, sinceMs: number): boolean {
  const { holderIdentity = "", renewTime = "" } = lease?.spec ?? {};
  return holderIdentity !== "" && Date.parse(renewTime) >= sinceMs;
}

async function objectOf<T>(api: AskApi, call: Omit<ApiCall, "verb">): Promise<Frozen<T> | undefined> {
  const answer = await api<T>({ ...call, verb: "get", timeoutMs: askTimeoutMs }).catch(() => undefined);
  return answer?.code === 200 ? answer.body : undefined;
}

async function listOf<T extends KubeObject>(api: AskApi, call: Omit<ApiCall, "verb">): Promise<readonly Frozen<T>[]> {
  const answer = await api<KubeList<T>>({ ...call, verb: "list", timeoutMs: askTimeoutMs * 5 }).catch(() => undefined);
  return answer?.code === 200 ? (answer.body.items as readonly Frozen<T>[]) : [];
}
