import type { FeatureGates } from "../../actors/api/feature_gates.ts";
import type { EncryptionRules } from "../../actors/apiserver/encryption/configuration.ts";
import type { ApiServerInput, KnownAddress } from "../../actors/apiserver/messages.ts";
import type { all as providers } from "../../actors/cloud/providers/all.ts";
import type { ImageCatalogue } from "../../actors/cri/messages.ts";
import type { DnsInput } from "../../actors/dns/messages.ts";
import type { EtcdInput } from "../../actors/etcd/messages.ts";
import type { EtcdEndpoint } from "../../actors/etcd/outside/messages.ts";
import type { SchedulerInput } from "../../actors/scheduler/messages.ts";
import type { AutoCompaction } from "../../actors/store/messages.ts";
import type { Address, Permissions } from "../../runtime/mod.ts";
import type { ListenHosts } from "./listen_hosts.ts";
import type { Addressing } from "./network_plan.ts";

/** A cluster as data: what lives in it and how it is set up, but not where it runs. */
export interface Topology extends Addressing {
  /** Those that workloads run on. */
  readonly nodes: number;
  readonly stores: 1 | 3 | 5;
  /** A real etcd outside is the store: then `stores` is 1, which is who asks it. Not in simulation. Default: none is. */
  readonly outsideStore?: EtcdEndpoint;
  readonly apiservers: number;
  /**
   * Nodes of the control plane, beside the others: labelled and tainted as kubeadm does it. `controlPlane()` is what
   * runs on them. Default 0: the control plane has no nodes.
   */
  readonly controlPlanes?: number;
  /** Providers that further nodes are rented from, each named once; the first balances the load of Services. Default: none. */
  readonly clouds?: readonly CloudPool[];
  /** Default 1; of several, one leads. */
  readonly schedulers?: number;
  /** Controller managers. Default 1; of several, one leads. */
  readonly managers?: number;
  /**
   * Whether connections are carried: each node has a kube-proxy, images may be modules, and the cluster has a DNS server
   * and a gateway to the outside. Each of these parts can be had, or left out, by itself. Default false.
   */
  readonly traffic?: boolean;
  /** Whether the cluster has a DNS server. Default: as `traffic`. */
  readonly dns?: boolean;
  /** Which control loops run. Default: all. */
  readonly loops?: readonly string[];
  /** Nodes are dealt out to these in turn. Default: nodes have no zone. */
  readonly zones?: readonly string[];
  /** Quantities by resource, of each node. Default: the kubelet's. */
  readonly nodeCapacity?: Readonly<Record<string, string>>;
  /** What has to be left of it, by the signals of a kubelet's `evictionHard`. Default: the kubelet's. */
  readonly evictionHard?: Readonly<Record<string, string>>;
  /** How images behave, for the simulated container runtime. Default: as well-known images do. */
  readonly images?: ImageCatalogue;
  /** Where they differ from the components' own. */
  readonly timings?: TopologyTimings;
  /** More restarts of one component than this within a minute, and it is given up. Default 20. */
  readonly restartsMax?: number;
  /** How many entries the log of a store replica grows by before it writes a snapshot. Default: the store's. */
  readonly snapshotEntries?: number;
  /** Whether each node has a kube-proxy. Default: as `traffic`. */
  readonly proxies?: boolean;
  /** Whether images may be TypeScript modules, whose containers are real code. Default: as `traffic`. */
  readonly modules?: boolean;
  /** A real container runtime of this machine, in which pods run. Not in simulation. Default: all are played, or modules. */
  readonly realRuntime?: RealRuntimeChoice;
  /** Which drivers of devices each node has, and how many devices of each. Default: none. */
  readonly devices?: readonly DriverDevices[];
  /** Whether kubelets look for manifests of pods that they run by themselves. Default false. */
  readonly staticPods?: boolean;
  /** What computers hold, and pods can grant their containers of it by annotation. Default: nothing. */
  readonly computerPermissions?: Permissions;
  /** Whether node ports are open to the outside. Default: as `traffic`. */
  readonly gateway?: boolean;
  /** How much history the store keeps of itself; API servers have it forget what is older than five minutes. Default: all. */
  readonly storeHistory?: AutoCompaction;
  /** Heap limits, and what the store may hold. Default: the host's and the store's own. */
  readonly memory?: TopologyMemory;
  /** How long Events are kept. Default an hour. */
  readonly eventTtlSeconds?: number;
  /** Features that are on though Kubernetes 1.34 has them off: `readFeatureGates` knows them. Default: none. */
  readonly featureGates?: FeatureGates;
  /** What is written down of requests, and in which file, which only real hosts write. Default: nothing. */
  readonly audit?: { readonly policy: NonNullable<ApiServerInput["audit"]>; readonly logPath: string };
  /** How API servers seal what they store. Default: they do not. */
  readonly encryption?: EncryptionRules;
  /** Users by the bearer tokens that they show. Default: there are none. */
  readonly tokens?: ApiServerInput["tokens"];
  /** How many changes of a kind an API server keeps for watchers that come back. Default: its own. */
  readonly watchEventsMax?: number;
  /** What schedulers are told: their profiles, plugins and arguments. Default: as Kubernetes' is without a file. */
  readonly schedulerConfiguration?: SchedulerInput["configuration"];
  /** From which ports they are given node ports. Default: the API server's. */
  readonly nodePorts?: { readonly first: number; readonly last: number };
}

/** A real container runtime, and whose pods it runs. */
export interface RealRuntimeChoice {
  /** The path of the unix socket at which it serves the CRI. */
  readonly socket: string;
  /** Whether it runs the pods that name no RuntimeClass; else only those of the class `containerd`. */
  readonly isDefault: boolean;
}

/** A driver, and how many devices it has on each node. */
export interface DriverDevices {
  /** As DeviceClasses name it: `gpu.example.com`. */
  readonly driver: string;
  readonly perNode: number;
}

/** A provider, and how many nodes are rented from it. */
export interface CloudPool {
  readonly provider: (typeof providers)[number]["name"];
  /** At first. */
  readonly nodes: number;
  /** So many the autoscaler may make of them. Default: as at first. */
  readonly nodesMax?: number;
}

/** What workers may take, in megabytes of heap, and what the store holds. */
export interface TopologyMemory {
  readonly storeHeapMb?: number;
  readonly apiServerHeapMb?: number;
  readonly otherHeapMb?: number;
  readonly quotaBytes?: number;
  readonly eventsBytesMax?: number;
}

/** How fast the cluster's own clocks tick, in milliseconds; what is absent is the component's default. */
export interface TopologyTimings {
  /** Of the store's Raft group. */
  readonly heartbeatMs?: number;
  readonly electionMs?: number;
  /** Of the Leases by which schedulers and controller managers elect their leader. */
  readonly leaseMs?: number;
  readonly renewDeadlineMs?: number;
  readonly retryMs?: number;
  /** Of the nodes' heartbeats. */
  readonly nodeLeaseRenewMs?: number;
  readonly statusReportMs?: number;
  /** How long a node may be silent before it is held for lost. */
  readonly nodeMonitorGraceMs?: number;
  /** A node's kube-proxy writes rules no more often than this. Default 1,000, as Kubernetes'. */
  readonly proxySyncMs?: number;
  /** How long a rented node is idle until it is given back. */
  readonly scaleDownAfterMs?: number;
  /** How often API servers have the store's history compacted. */
  readonly compactionMs?: number;
}

/** Where an API server takes HTTPS requests, and as whom. */
export type HttpsOptions = NonNullable<ApiServerInput["https"]>;

/** What is known of a cluster only where it runs. */
export interface ChildSpecOptions {
  /** Who else asks the API servers by message, beside the cluster's own. Default: nobody. */
  readonly clients?: readonly KnownAddress[];
  /** Tells the cluster apart, as its disks do. Default: the store's. */
  readonly cluster?: string;
  /** For each API server. Default: none serves HTTPS. */
  readonly https?: (apiServer: number) => HttpsOptions;
  /** Where node ports of Services of a family are opened. Default: on loopback of that family. */
  readonly listenHosts?: ListenHosts;
  /** Where the DNS server takes UDP and TCP. Default: it answers only other actors. */
  readonly dnsSocket?: NonNullable<DnsInput["socket"]>;
  /** Whom it asks for names outside of the cluster. Default: nobody. */
  readonly dnsUpstreams?: NonNullable<DnsInput["upstreams"]>;
  /** Where the store is served by etcd's protocol. Default: nowhere. */
  readonly etcdSocket?: NonNullable<EtcdInput["socket"]>;
}

const cloudFolder = "cloud/";
const storeFolder = "store/";
const nodePrefix = "node-";
const controlPlanePrefix = "control-plane-";
/** What the addresses of computers begin with. */
export const computerPrefix = `computer/${nodePrefix}`;
/** Below it, each kubelet has its address. */
export const kubeletFolder = "kubelet/";
/** Where the outside finds what a cluster opens to it. */
export const loopback = "127.0.0.1";

/** The address of a store replica. */
export const storeAddress = (index: number): Address => `${storeFolder}${index}`;
/** Whether an address is a store replica's. */
export const isStore = (address: Address): boolean => address.startsWith(storeFolder);
/** The address of an API server. */
export const apiServerAddress = (index: number): Address => `apiserver/${index}`;
/** The address of a scheduler. */
export const schedulerAddress = (index: number): Address => `scheduler/${index}`;
/** The address of a controller manager; its controllers are below it. */
export const managerAddress = (index: number): Address => `manager/${index}`;
/** The address of the cloud controller manager. */
export const cloudManagerAddress: Address = "cloud-manager/0";
/** The address of a provider. */
export const cloudAddress = (provider: string): Address => `${cloudFolder}${provider}`;
/** The address of the DNS server. */
export const dnsAddress = "dns/0";
/** The address of the front that speaks etcd's protocol. */
export const etcdAddress = "etcd/0";
/** The address of the gateway. */
export const gatewayAddress: Address = "gateway/0";
/** The name of a node. */
export const nodeName = (index: number): string => `${nodePrefix}${index}`;
/** The address of a node's kubelet. */
export const kubeletAddress = (index: number): Address => kubeletOf(nodeName(index));
/** The address of the kubelet of a node, by its name. */
export const kubeletOf = (node: string): Address => `${kubeletFolder}${node}`;

/** The address of a node's kube-proxy. */
export const proxyAddress = (index: number): Address => proxyOf(nodeName(index));
/** The address of the kube-proxy of a node, by its name. */
export const proxyOf = (node: string): Address => `kube-proxy/${node}`;

/** The address of a driver of devices on a node. */
export const draDriverOf = (node: string, driver: string): Address => `dra-driver/${node}/${driver}`;

/** The address of the computer that a node is. */
export const computerAddress = (index: number): Address => `${computerPrefix}${index}`;

/** A node before it is anything else: its place in the network, and what it is for. */
export interface NodePlace {
  readonly index: number;
  readonly name: string;
  readonly isControlPlane: boolean;
  /** From which provider it is rented. */
  readonly cloud?: string;
}

/** The nodes of a cluster: those for workloads, then those of the control plane. */
export function nodePlaces({ nodes, controlPlanes = 0 }: Topology): readonly NodePlace[] {
  return upTo(nodes + controlPlanes, (index) => {
    const isControlPlane = index >= nodes;
    return { index, name: isControlPlane ? `${controlPlanePrefix}${index - nodes}` : nodeName(index), isControlPlane };
  });
}

/** The addresses of all store replicas. */
export const storeAddresses = ({ stores }: Topology): readonly Address[] => upTo(stores, storeAddress);
/** The addresses of all API servers. */
export const apiServerAddresses = ({ apiservers }: Topology): readonly Address[] => upTo(apiservers, apiServerAddress);

/** The places of all nodes that can ever be rented, provider by provider; the first of each are rented at first. */
export function cloudPlaces({ nodes, controlPlanes = 0, clouds = [] }: Topology): readonly Required<NodePlace>[] {
  const pairs = clouds.flatMap((pool) => upTo(mostOf(pool), (at) => [pool.provider, at] as const));
  return pairs.map(([cloud, at], offset) => {
    return { index: nodes + controlPlanes + offset, name: `${cloud}-${at}`, isControlPlane: false, cloud };
  });
}

function mostOf({ nodes, nodesMax = nodes }: CloudPool): number {
  return Math.max(nodes, nodesMax);
}

/** The names of the nodes that a cluster has at first. */
export function firstNodes(topology: Topology): readonly string[] {
  const rented = (topology.clouds ?? []).flatMap(({ provider, nodes }) => upTo(nodes, (at) => `${provider}-${at}`));
  return [...nodePlaces(topology).map(({ name }) => name), ...rented];
}

/** The parts that carry connections. */
export type TrafficParts = Required<Pick<Topology, "modules" | "proxies" | "dns" | "gateway">>;

/** Which of the parts that carry connections a cluster has. */
export function trafficParts({ traffic = false, ...own }: Topology): TrafficParts {
  const { modules = traffic, proxies = traffic, dns = traffic, gateway = traffic } = own;
  return { modules, proxies, dns, gateway };
}

/** So many of what `make` makes, by its place in the row. */
export function upTo<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_each, index) => make(index));
}
