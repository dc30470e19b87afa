import type { TcpClient } from "../../runtime/devices/tcp_client.ts";
import type { FreeHost } from "../../runtime/hosts/free/free_host.ts";
import type { CrashReport, HostFailure } from "../../runtime/hosts/host.ts";
import type { Simulation } from "../../runtime/hosts/simulation/simulation.ts";
import type { Address, ChildSpec } from "../../runtime/mod.ts";
import { type AskApi, apiAccess } from "./api_access.ts";
import { childSpecs } from "./child_specs.ts";
import { untilServes } from "./dns_access.ts";
import type { Endpoint } from "./front_door.ts";
import { assertImageFolder, type ImageFolders, imageFolders } from "./image_folder.ts";
import { InputError } from "./input_error.ts";
import { memoryPlan, tellMemory } from "./memory_plan.ts";
import { type Milestone, storeLeader, untilReady } from "./readiness.ts";
import { apiServerAddresses, dnsAddress, etcdAddress, type Topology, trafficParts } from "./topology.ts";

/** Where a cluster's actors live. */
export type HostName = "simulation" | "thread" | "pool";

/** What a cluster is made of. */
export interface ClusterOptions {
  /** What is not said is as in `topologyDefault`. */
  readonly topology?: Partial<Topology>;
  /** Default `simulation`. */
  readonly host?: HostName;
  /** Default 1. */
  readonly seed?: number;
  /** Keeps the store's disks and the certificate authority. Default: a temporary folder. Not in simulation. */
  readonly dataDir?: string;
  /** Begins anew from what is left in `dataDir` of a store that has lost a majority of its replicas. Default false. */
  readonly forceNewCluster?: boolean;
  /** Something that the cluster's owner must know. */
  readonly onNote?: (text: string) => void;
  /** Serves HTTPS on this port of 127.0.0.1, 0 for any free one. Default: no HTTPS. Not in simulation. */
  readonly port?: number;
  /** Has a DNS server, on this UDP and TCP port of 127.0.0.1, 0 for any free one. Default: none. Not in simulation. */
  readonly dnsPort?: number;
  /**
   * Serves the store by etcd's own protocol on this port of 127.0.0.1, 0 for any free one. Default: it is not served.
   * Not in simulation.
   */
  readonly etcdPort?: number;
  /**
   * Serves a registry of images on this port of 127.0.0.1, 0 for any free one; what is pushed is kept in the data
   * directory. Pods pull from it. Not in simulation. Default: there is none.
   */
  readonly registryPort?: number;
  /** A file of who may use it (`registry/registry_users.ts`). Default: everybody. */
  readonly registryUsers?: string;
  /**
   * The images that pods can run as real code: a folder of modules, or several, the first of which has an
   * image gives it. Default: those that come with kubetroupe. Only for clusters whose images may be modules.
   */
  readonly imageFolder?: ImageFolders;
  /**
   * A folder with one for each node in it, by the node's name, with the manifests of pods that it runs by itself; what
   * changes there is carried out. Not in simulation. Default: there are no such pods.
   */
  readonly staticPods?: string;
  /** Where the kubeconfig is written when HTTPS is served. Default: in the data directory. */
  readonly kubeconfig?: string;
  /** What all workers together may take. Default: half of the machine's memory, or of the container's. Not in simulation. */
  readonly memoryBytes?: number;
  /** In the `pool` host: how many workers share the actors. Default: as many as the machine has cores. */
  readonly workers?: number;
  readonly onProgress?: (milestone: Milestone) => void;
  /** A component was given up: it was restarted too often. */
  readonly onFailure?: (failure: HostFailure) => void;
  /** A component crashed; in simulation nobody is told, look at `host.failures()`. */
  readonly onCrash?: (crash: CrashReport) => void;
  readonly onLog?: (address: Address, text: string) => void;
  /** Gives up bringing the cluster up. */
  readonly signal?: AbortSignal;
  /** How long the cluster may take until it is ready. Default 60,000 and 100 for each node. */
  readonly readyWithinMs?: number;
}

/** Where a cluster with HTTPS is found. */
export interface ClusterAccess extends Endpoint {
  readonly url: string;
  /** The path of a kubeconfig for its administrator. */
  readonly kubeconfig: string;
  /** Each API server by itself, without the front door. */
  readonly apiServers: readonly Endpoint[];
}

/** Where a cluster's store is found by etcd's clients, and what they show and trust: paths of PEM files. */
export interface EtcdAccess extends Endpoint {
  readonly url: string;
  readonly caCert: string;
  readonly cert: string;
  readonly key: string;
}

/** Where a connection from outside goes. */
export interface DialTarget {
  /** Default 127.0.0.1. */
  readonly host?: string;
  readonly port: number;
}

/** A cluster that runs. */
export interface Cluster<H = FreeHost | Simulation> extends AsyncDisposable {
  readonly topology: Topology;
  readonly host: H;
  /** Asks an API server. */
  readonly api: AskApi;
  /** Where it is found from outside, when HTTPS is served. */
  readonly access?: ClusterAccess;
  /** Where its store is served by etcd's protocol, when it is. */
  readonly etcd?: EtcdAccess;
  /** Where its registry of images is, when it has one. */
  readonly registry?: Endpoint;
  /** Where its names are served to the outside, when they are. */
  readonly dns?: Endpoint;
  /**
   * Connects to a port of the cluster from outside, as any program of this machine can when it runs in real threads.
   * What becomes of the connection is in its state, as the cluster's time passes (`wait`).
   */
  dial(to: DialTarget): TcpClient;
  /** Waits again until all of it works, or these parts of it. */
  ready(stages?: readonly Milestone["stage"][]): Promise<void>;
  /** The store replica that leads; undefined while there is none. */
  storeLeader(): Promise<Address | undefined>;
  /** Milliseconds since its start: virtual ones in simulation. */
  uptimeMs(): number;
  /** Its wall clock. */
  nowMs(): number;
  /** Lets time pass: virtual time in simulation, which takes none. */
  wait(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** The cluster that is brought up when nothing else is said. */
export const topologyDefault: Topology = Object.freeze({ nodes: 3, stores: 3, apiservers: 2 });

/**
 * Brings a cluster up and waits until every node is Ready.
 *
 * @throws InputError when what was given cannot be used
 * @throws Error when the cluster does not come up
 *
 * @example
 * await using cluster = await createCluster({ topology: { nodes: 5 } })
 * const { body } = await cluster.api({ verb: "list", resource: "nodes" })
 */
export function createCluster(
  options: ClusterOptions & { readonly host: "thread" | "pool" },
): Promise<Cluster<FreeHost>>;
export function createCluster(
  options?: ClusterOptions & { readonly host?: "simulation" },
): Promise<Cluster<Simulation>>;
export function createCluster(options?: ClusterOptions): Promise<Cluster>;
export async function createCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const isNamed = options.dnsPort === undefined ? {} : { dns: true };
  const asked: Topology = { ...topologyDefault, ...options.topology, ...isNamed };
  const own = options.staticPods === undefined ? {} : { staticPods: true };
  const topology: Topology = { ...asked, ...own, ...trafficParts(asked), ...memoryOf(options, asked) };
  // What cannot be is refused before anything is touched.
  childSpecs(topology);
  await assertImages(options, topology);
  const cleanUps: (() => Promise<void>)[] = [];
  const close = () => cleanUp(cleanUps);
  try {
    const made = await madeHost(options, topology, cleanUps);
    cleanUps.push(() => made.host.close());
    const api = apiAccess(made.host, apiServerAddresses(topology));
    const startedAtMs = made.startedAtMs();
    const cluster = {
      topology,
      host: made.host,
      api,
      ...(made.access ? { access: made.access } : {}),
      ...(made.etcd ? { etcd: made.etcd } : {}),
      ...(made.registry ? { registry: made.registry } : {}),
      ...(made.specOptions.dnsSocket ? { dns: made.specOptions.dnsSocket } : {}),
      ready: (stages?: readonly Milestone["stage"][]) =>
        untilReady({
          ...made,
          ...readyOptions(options, topology),
          topology,
          api,
          startedAtMs,
          ...(stages ? { stages } : {}),
        }),
      dial: made.dial,
      storeLeader: async () => (await storeLeader(made.host, topology)).who,
      uptimeMs: made.uptimeMs,
      nowMs: made.nowMs,
      wait: made.wait,
      close,
      [Symbol.asyncDispose]: close,
    };
    await start(made.host, childSpecs(topology, made.specOptions), cluster.ready);
    const patience = { ...made, ...readyOptions(options, topology) };
    if (topology.realRuntime) await (await import("./real_runtime.ts")).makeRuntimeClasses(api);
    if (topology.dns) await untilServes(made.host, dnsAddress, patience);
    if (made.etcd) await untilServes(made.host, etcdAddress, patience);
    return cluster;
  } catch (error) {
    await close();
    throw error;
  }
}

/** Loaded on use: a cluster in threads has the code of its components in them alone, a simulation has it here. */
async function madeHost(options: ClusterOptions, topology: Topology, cleanUps: (() => Promise<void>)[]) {
  const { host = "simulation" } = options;
  if (host === "simulation") return (await import("./simulated_host.ts")).simulatedHost(options, topology);
  return (await import("./free_host.ts")).freeHost(options, topology, cleanUps);
}

/** Real workers have limits; what the topology says of them goes before what is left of the machine. */
function memoryOf({ host = "simulation", memoryBytes, workers, onNote }: ClusterOptions, topology: Topology) {
  if (host === "simulation") return {};
  const { stores, apiservers } = topology;
  const budget = memoryBytes === undefined ? {} : { budgetBytes: memoryBytes };
  const plan = memoryPlan({ stores, apiservers, host, ...budget, ...(workers === undefined ? {} : { workers }) });
  onNote?.(tellMemory(plan, host, topology.outsideStore !== undefined));
  return { memory: { ...plan, ...topology.memory } };
}

async function assertImages({ imageFolder }: ClusterOptions, { modules }: Topology) {
  if (imageFolder === undefined) return;
  const folders = imageFolders(imageFolder);
  for (const folder of folders) await assertImageFolder(folder);
  if (modules) return;
  throw new InputError(`Cannot use images of "${folders[0]}": pods are played without traffic, turn that on`);
}

/**
 * Starts the store and the API servers, then all else: components wait for each other by themselves, but those that
 * ask an API server too early come back only after the second or two that it tells them to wait.
 */
async function start(
  host: FreeHost | Simulation,
  specs: readonly ChildSpec[],
  ready: (stages?: readonly Milestone["stage"][]) => Promise<void>,
) {
  const isFirst = ({ kind }: ChildSpec) => ["store", "outside_store", "apiserver"].includes(kind);
  await spawnAll(host, specs.filter(isFirst));
  await ready(["store", "apiservers"]);
  await spawnAll(
    host,
    specs.filter((spec) => !isFirst(spec)),
  );
  await ready(["leaders", "nodes"]);
}

/**
 * Workers start side by side. A simulation's actors start one after the other: their modules are looked at first, and
 * which of several looks ends first is the machine's luck.
 */
async function spawnAll(host: FreeHost | Simulation, specs: readonly ChildSpec[]) {
  if (host.name !== "simulation") await Promise.all(specs.map((spec) => host.spawn(spec)));
  else for (const spec of specs) await host.spawn(spec);
}

function readyOptions({ onProgress, signal, readyWithinMs }: ClusterOptions, { nodes }: Topology) {
  return {
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
    withinMs: readyWithinMs ?? 60_000 + nodes * 100,
  };
}

/** The newest first; all of them, even when some fail. */
async function cleanUp(cleanUps: (() => Promise<void>)[]) {
  const errors: unknown[] = [];
  for (const each of cleanUps.splice(0).reverse()) await each().catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw errors[0];
}
