import type { Frozen, KubeList, KubeObject } from "../../actors/api/types.ts";
import type { accounts } from "../../actors/controllers/loops/accounts.ts";
import type { StatusAnswer, StoreError } from "../../actors/store/messages.ts";
import type { Host } from "../../runtime/hosts/host.ts";
import type { Address } from "../../runtime/mod.ts";
import type { ApiCall, AskApi } from "./api_access.ts";
import { InputError } from "./input_error.ts";
import { type Missing, whatHangs } from "./readiness_report.ts";
import {
  apiServerAddresses,
  firstNodes,
  kubeletOf,
  managerAddress,
  schedulerAddress,
  storeAddresses,
  type Topology,
} from "./topology.ts";

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
  /** What is said when a majority of the store has lost its disks. */
  lossAdvice(): Promise<string>;
  /** What to wait for. Default: all. */
  readonly stages?: readonly Milestone["stage"][];
}

interface Stage {
  readonly name: Milestone["stage"];
  readonly of: number;
  count(): Promise<Count>;
}

interface Count {
  readonly done: number;
  readonly who?: Address;
  /** It will never be done: a majority of the store has lost its disks. */
  readonly isLost?: boolean;
  /** What is not there yet; looked at when time is over. */
  readonly missing: () => readonly Missing[];
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly message?: string;
}

interface NodeObject extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

interface LeaseObject extends KubeObject {
  readonly spec?: { readonly holderIdentity?: string; readonly renewTime?: string };
}

const pollMsLeast = 15;
/** A list of nodes costs the more the more there are. */
const pollMsPerNode = 0.3;
const askTimeoutMs = 1_000;
/** It gives namespaces their `default` account. */
const accountLoop: (typeof accounts)[number][0] = "service-account";

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
      const { done, who, isLost, missing } = await stage.count();
      if (isLost) throw new InputError(await options.lossAdvice());
      if (done !== before) {
        onProgress?.({ stage: stage.name, done, of: stage.of, atMs: uptimeMs(), ...(who ? { who } : {}) });
        before = done;
      }
      if (done >= stage.of) break;
      assertHopeful(options);
      await assertDiverse(options, { stage, done, missing });
      if (uptimeMs() > endsAtMs) {
        const found = `after ${options.withinMs} ms ${stage.name} ${done} of ${stage.of}`;
        throw new Error(`Cannot bring the cluster up: ${found}${await whatHangs(options.host, missing())}`);
      }
      await wait(pollMs);
    }
  }
}

function assertHopeful({ host, signal }: ReadinessOptions) {
  signal?.throwIfAborted();
  const [failure] = host.failures();
  if (failure) throw new Error(`Cannot bring the cluster up: "${failure.address}" was given up: ${failure.reason}`);
}

/** So many lives of a component that all end alike are enough. */
const equalEndsMax = 4;

/**
 * A component that nothing is wrong with comes up when it is started again; when all of a stage end again and again for
 * one reason, waiting longer is of no use, and whoever started the cluster can do something about it.
 *
 * @throws InputError with that reason
 */
async function assertDiverse(
  { host }: ReadinessOptions,
  { stage, done, missing }: Pick<Count, "done" | "missing"> & { readonly stage: Stage },
) {
  if (done > 0 || stage.name !== "apiservers") return;
  const reports = await Promise.all(missing().map(({ who }) => host.inspect(who)));
  const ends = new Set(reports.map((report) => report?.lastEnd?.split("\n", 1)[0]));
  const [end] = ends;
  if (ends.size !== 1 || end === undefined) return;
  if (reports.some((report) => (report?.incarnation ?? 0) < equalEndsMax)) return;
  throw new InputError(`Cannot bring the cluster up: no API server starts: ${end.replace(/^Error: /, "")}`);
}

function stagesOf(options: ReadinessOptions): readonly Stage[] {
  const { host, api, topology, startedAtMs } = options;
  const { schedulers = 1, managers = 1 } = topology;
  const nodes = firstNodes(topology);
  const servers = apiServerAddresses(topology);
  const candidates = [
    { name: "kube-controller-manager", count: managers, address: managerAddress },
    { name: "kube-scheduler", count: schedulers, address: schedulerAddress },
  ];
  const leading = candidates.filter(({ count }) => count > 0);
  return [
    { name: "store", of: 1, count: () => storeLeader(host, topology) },
    { name: "apiservers", of: servers.length, count: () => serving(api, servers) },
    {
      name: "leaders",
      of: leading.length,
      async count() {
        const leases = await Promise.all(
          leading.map(({ name }) => objectOf<LeaseObject>(api, { ...leaseCall, namespace: "kube-system", name })),
        );
        const without = leading.filter((_each, index) => !isHeld(leases[index], startedAtMs));
        const hasAccount = await hasDefaultAccount(api, topology);
        const idle: readonly Missing[] = hasAccount
          ? []
          : [{ who: managerAddress(0), why: 'the namespace "default" has no service account yet' }];
        const missing = () => [
          ...without.flatMap(({ name, count, address }) =>
            Array.from({ length: count }, (_each, index) => ({ who: address(index), why: `nobody leads as ${name}` })),
          ),
          ...idle,
        ];
        return { done: Math.max(0, leading.length - without.length - idle.length), missing };
      },
    },
    { name: "nodes", of: nodes.length, count: () => nodesReady(api, { nodes, startedAtMs }) },
  ];
}

/** Whether pods can be made in the namespace that is there from the start: without an account they are refused. */
async function hasDefaultAccount(api: AskApi, { managers = 1, loops }: Topology): Promise<boolean> {
  if (managers === 0 || (loops && !loops.includes(accountLoop))) return true;
  const call = { resource: "serviceaccounts", namespace: "default", name: "default" };
  return (await objectOf<KubeObject>(api, call)) !== undefined;
}

const leaseCall = { group: "coordination.k8s.io", resource: "leases" };

/** Who leads the store, as a majority of its replicas that answer sees it. */
export async function storeLeader(host: Pick<Host, "ask">, topology: Topology): Promise<Count> {
  const addresses = storeAddresses(topology);
  const votes = new Map<Address, number>();
  const answers = (await Promise.all(
    addresses.map((address) => host.ask(address, { type: "store.status" }, askTimeoutMs).catch((error) => error)),
  )) as (StatusAnswer | StoreError | Error)[];
  const missing = () => addresses.map((who, index) => ({ who, why: replicaText(answers[index]) }));
  for (const answer of answers) {
    if (answer instanceof Error || answer.type !== "store.status.ok" || answer.leader === undefined) continue;
    const count = (votes.get(answer.leader) ?? 0) + 1;
    votes.set(answer.leader, count);
    if (count * 2 > addresses.length) return { done: 1, who: answer.leader, missing };
  }
  const rebuilding = answers.filter((answer) => "rebuilding" in answer);
  return { done: 0, isLost: rebuilding.length * 2 > addresses.length, missing };
}

function replicaText(answer: StatusAnswer | StoreError | Error | undefined): string {
  if (answer === undefined) return "it was not asked";
  if (answer instanceof Error || answer.type === "store.error") return answer.message;
  const leader = answer.leader === undefined ? "no leader" : `the leader ${answer.leader}`;
  return `it knows ${leader} in term ${answer.term}`;
}

/** Who answers, and has the namespace that is there from the start: things are made in it as soon as a cluster is up. */
async function serving(api: AskApi, servers: readonly Address[]): Promise<Count> {
  const call = { verb: "get", resource: "namespaces", name: "default", timeoutMs: askTimeoutMs } as const;
  const whys = await Promise.all(
    servers.map((server) =>
      api<{ readonly message?: string }>({ ...call, server }).then(
        ({ code, body }) => (code === 200 ? undefined : `it answers ${code}: ${body.message ?? ""}`),
        (error: Error) => error.message,
      ),
    ),
  );
  const missing = () =>
    servers.flatMap((who, index) => {
      const why = whys[index];
      return why === undefined ? [] : [{ who, why }];
    });
  return { done: whys.filter((why) => why === undefined).length, missing };
}

/** Nodes that are Ready, and have said so in this life of the cluster. */
async function nodesReady(
  api: AskApi,
  { nodes: expected, startedAtMs }: { readonly nodes: readonly string[]; readonly startedAtMs: number },
): Promise<Count> {
  const [nodes, leases] = await Promise.all([
    listOf<NodeObject>(api, { resource: "nodes" }),
    listOf<LeaseObject>(api, { ...leaseCall, namespace: "kube-node-lease" }),
  ]);
  const alive = new Set(leases.filter((lease) => isHeld(lease, startedAtMs)).map(({ metadata }) => metadata.name));
  const done = nodes.filter((node) => alive.has(node.metadata.name) && isReady(node)).length;
  const missing = () => {
    const byName = new Map(nodes.map((node) => [node.metadata.name, node]));
    return expected.flatMap((name) => {
      const why = nodeText(byName.get(name), alive.has(name));
      return why === undefined ? [] : [{ who: kubeletOf(name), why }];
    });
  };
  return { done, missing };
}

function nodeText(node: Frozen<NodeObject> | undefined, isAlive: boolean): string | undefined {
  if (!node) return "its node is not registered";
  if (!isReady(node)) {
    const ready = node.status?.conditions?.find(({ type }) => type === "Ready");
    return `its node is not Ready: ${ready?.message ?? "it has no such condition"}`;
  }
  return isAlive ? undefined : "it has renewed no Lease";
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
