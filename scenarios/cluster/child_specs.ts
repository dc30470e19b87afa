import type { ApiServerInput } from "../../actors/apiserver/messages.ts";
import { cloudLabel } from "../../actors/cloud/instances.ts";
import type { CloudInput } from "../../actors/cloud/messages.ts";
import { all as providers } from "../../actors/cloud/providers/all.ts";
import type { ComputerInput } from "../../actors/computer/messages.ts";
import type { ManagerInput } from "../../actors/controllers/messages.ts";
import type { DnsInput } from "../../actors/dns/messages.ts";
import type { EtcdInput } from "../../actors/etcd/messages.ts";
import type { GatewayInput } from "../../actors/gateway/messages.ts";
import { present } from "../../actors/kit/present.ts";
import type { KubeProxyInput } from "../../actors/kube_proxy/messages.ts";
import type { KubeletInput } from "../../actors/kubelet/messages.ts";
import type { SchedulerInput } from "../../actors/scheduler/messages.ts";
import type { StoreInput } from "../../actors/store/messages.ts";
import type { Address, ChildSpec } from "../../runtime/mod.ts";
import { assertPossible } from "./assert_possible.ts";
import { cloudPlaceOf, volumeDriver } from "./cloud_parts.ts";
import { driverSpecs } from "./driver_specs.ts";
import { identities } from "./identities.ts";
import { type ListenHosts, usualListenHosts } from "./listen_hosts.ts";
import { type NetworkPlan, networkPlan, unusual } from "./network_plan.ts";
import {
  apiServerAddress,
  apiServerAddresses,
  type ChildSpecOptions,
  type CloudPool,
  cloudAddress,
  cloudManagerAddress,
  cloudPlaces,
  computerAddress,
  computerPrefix,
  dnsAddress,
  draDriverOf,
  etcdAddress,
  gatewayAddress,
  type HttpsOptions,
  kubeletFolder,
  kubeletOf,
  loopback,
  managerAddress,
  type NodePlace,
  nodePlaces,
  proxyOf,
  schedulerAddress,
  storeAddress,
  storeAddresses,
  type Topology,
  type TrafficParts,
  trafficParts,
  upTo,
} from "./topology.ts";

const restartsMaxDefault = 20;
const controlPlaneRole = "node-role.kubernetes.io/control-plane";
const controlPlaneLabels = { [controlPlaneRole]: "", "node.kubernetes.io/exclude-from-external-load-balancers": "" };
const controlPlaneTaints = [{ key: controlPlaneRole, effect: "NoSchedule" }] as const;
const computersPerWorker = 8;

/**
 * The root actors of a cluster, in the order in which to start them: store, API servers, controller managers,
 * schedulers, DNS, computers, kubelets, kube-proxies, the gateway. Clients are spread over the API servers, each has one that it prefers.
 *
 * @throws Error for a cluster that cannot be
 */
export function childSpecs(
  given: Topology,
  {
    cluster,
    clients = [],
    https,
    dnsSocket,
    dnsUpstreams,
    etcdSocket,
    listenHosts = usualListenHosts,
  }: ChildSpecOptions = {},
): readonly ChildSpec[] {
  const plan = networkPlan(given);
  assertPossible(given, plan);
  const topology: Planned = { ...given, ...trafficParts(given), plan, isServed: https !== undefined };
  const { stores, apiservers, schedulers = 1, managers = 1, restartsMax = restartsMaxDefault } = topology;
  const places = nodePlaces(topology);
  const { proxies, dns, gateway } = topology;
  const { storeHeapMb, apiServerHeapMb } = topology.memory ?? {};
  const heaps: Readonly<Record<string, number | undefined>> = { store: storeHeapMb, apiserver: apiServerHeapMb };
  const spec = (kind: string, input: unknown, name: string): ChildSpec => {
    const heapMaxMb = heaps[kind];
    return { name, kind, input, restartsMax, ...(heapMaxMb === undefined ? {} : { heapMaxMb }) };
  };
  const apiServer = (index: number): ChildSpec => {
    const served = https?.(index);
    // Where webhooks are says who may configure them.
    const permissions = { net: ["*"] };
    return {
      ...spec(
        "apiserver",
        { ...apiServerInput(topology, index, served), components: [...identities, ...clients] },
        apiServerAddress(index),
      ),
      permissions,
    };
  };
  return [
    ...upTo(stores, (index) => storeSpec(topology, spec, { cluster, index })),
    ...upTo(apiservers, apiServer),
    ...upTo(managers, (index) =>
      spec("controller_manager", managerInput(topology, index, https?.(0)), managerAddress(index)),
    ),
    ...(topology.clouds?.length
      ? [spec("cloud_controller_manager", cloudManagerInput(topology), cloudManagerAddress)]
      : []),
    ...upTo(schedulers, (index) => spec("scheduler", schedulerInput(topology, index), schedulerAddress(index))),
    ...(etcdSocket ? [etcdSpec(topology, spec, { cluster, socket: etcdSocket })] : []),
    ...(dns ? [dnsSpec(topology, spec, { socket: dnsSocket, upstreams: dnsUpstreams })] : []),
    ...places.map((place) => computerSpec(topology, place, spec)),
    ...places.map((place) => spec("kubelet", kubeletInput(topology, place), kubeletOf(place.name))),
    ...(proxies ? places.map((place) => spec("kube_proxy", proxyInput(topology, place), proxyOf(place.name))) : []),
    ...places.flatMap((place) => driverSpecs(topology, place, { spec, apiServers: serversFor(topology, place.index) })),
    ...(topology.clouds ?? []).map((pool) => cloudSpec(topology, pool, spec)),
    ...(gateway ? [gatewaySpec(topology, spec, listenHosts)] : []),
  ];
}

/** A topology with what follows from it. */
type Planned = Topology &
  TrafficParts & {
    readonly plan: NetworkPlan;
    /** Clients from outside reach its API. */
    readonly isServed: boolean;
  };

type MakeSpec = (kind: string, input: unknown, name: string) => ChildSpec;

/** A replica, or who asks the etcd that is the store. */
function storeSpec(
  topology: Topology,
  spec: MakeSpec,
  { cluster, index }: { readonly cluster: string | undefined; readonly index: number },
): ChildSpec {
  const { outsideStore: endpoint } = topology;
  if (!endpoint) return spec("store", storeInput(topology, cluster), storeAddress(index));
  const made = spec("outside_store", { endpoint }, storeAddress(index));
  return { ...made, permissions: { net: [`${endpoint.host}:${endpoint.port}`] } };
}

function etcdSpec(
  topology: Topology,
  spec: MakeSpec,
  { cluster, socket }: { readonly cluster: string | undefined; readonly socket: NonNullable<EtcdInput["socket"]> },
): ChildSpec {
  const input = present({ stores: storeAddresses(topology), cluster, socket }) as EtcdInput;
  return { ...spec("etcd", input, etcdAddress), permissions: { net: [`${socket.host}:${socket.port}`] } };
}

function computerSpec(topology: Planned, place: NodePlace, spec: MakeSpec): ChildSpec {
  return {
    ...spec("computer", computerInput(topology, place), computerAddress(place.index)),
    permissions: topology.computerPermissions ?? {},
    // Most of the time a computer only hands on: threads of their own would cost more than all that they do.
    sharedWorker: `${Math.floor(place.index / computersPerWorker)}`,
  };
}

function nodeIpsOf({ plan }: Planned, index: number) {
  const [ip = "", ...additionalIps] = plan.nodeIps(index);
  return { ip, ...(additionalIps.length > 0 ? { additionalIps } : {}) };
}

/** A provider with the places of its computers: what lives there it starts and stops itself. */
function cloudSpec(topology: Planned, { provider, nodes }: CloudPool, spec: MakeSpec): ChildSpec {
  const own = cloudPlaces(topology).filter(({ cloud }) => cloud === provider);
  const at = (each: ChildSpec): ChildSpec => ({ ...each, address: each.name });
  const slots = own.map((place) => ({
    node: place.name,
    ...nodeIpsOf(topology, place.index),
    podCidr: topology.plan.podCidrs(place.index).join(","),
    actors: [
      at(computerSpec(topology, place, spec)),
      at(spec("kubelet", kubeletInput(topology, place), kubeletOf(place.name))),
      ...(topology.proxies ? [at(spec("kube_proxy", proxyInput(topology, place), proxyOf(place.name)))] : []),
      ...driverSpecs(topology, place, { spec, apiServers: serversFor(topology, place.index) }).map(at),
    ],
  }));
  const gateway = topology.gateway ? { gateway: gatewayAddress } : {};
  const capacity = topology.nodeCapacity ? { capacity: topology.nodeCapacity } : {};
  const input: CloudInput = { provider, nodes, slots, ...capacity, ...gateway };
  return { ...spec("cloud", input, cloudAddress(provider)), permissions: topology.computerPermissions ?? {} };
}

/** It listens on node ports, and on whatever address and port a provider gives a load balancer. */
function gatewaySpec(topology: Planned, spec: MakeSpec, listenHosts: ListenHosts): ChildSpec {
  const made = spec("gateway", { ...gatewayInput(topology), listenHosts }, gatewayAddress);
  const networks = (topology.clouds ?? []).flatMap((pool) => providers.filter(({ name }) => name === pool.provider));
  if (networks.length === 0) return made;
  const hosts = networks.flatMap(({ balancerNetwork, balancerNetworkIpv6 }) =>
    upTo(254, (last) => [
      `${balancerNetwork}.${last + 1}`,
      `${balancerNetworkIpv6}::${(last + 1).toString(16)}:1-65535`,
    ]).flat(),
  );
  return {
    ...made,
    permissions: { net: [`${loopback}:30000-32767`, `${usualListenHosts.IPv6}:30000-32767`, ...hosts] },
  };
}

function cloudManagerInput(topology: Topology): ManagerInput {
  const clouds = (topology.clouds ?? []).map(cloudPlaceOf);
  const { scaleDownAfterMs } = topology.timings ?? {};
  const settings = present({ clouds, scaleDownAfterMs });
  return present({ servers: serversFor(topology, 0), settings, ...leaseOf(topology) });
}

function storeInput(topology: Topology, cluster: string | undefined): StoreInput {
  const { heartbeatMs, electionMs } = topology.timings ?? {};
  return present({
    members: storeAddresses(topology),
    cluster,
    heartbeatMs,
    electionMs,
    snapshotEntries: topology.snapshotEntries,
    quotaBytes: topology.memory?.quotaBytes,
    autoCompaction: topology.storeHistory,
  }) as StoreInput;
}

function apiServerInput(topology: Planned, index: number, https: HttpsOptions | undefined): ApiServerInput {
  const advertise = { ip: topology.plan.apiServerIp(index), port: 6_443 };
  const { watchEventsMax, nodePorts, tokens, featureGates, timings = {}, plan } = topology;
  const { serviceCidr } = unusual(plan);
  const kubelets = kubeletFolder;
  const managers = Array.from({ length: topology.managers ?? 1 }, (_each, at) => managerAddress(at));
  return present({
    ...{ stores: storeAddresses(topology), kubelets, managers, advertise, https },
    ...memoryOfApiServer(topology),
    ...{ watchEventsMax, serviceCidr, nodePorts, tokens, featureGates, compactionMs: timings.compactionMs },
    controlPlanes: controlPlaneNames(topology),
    // In simulation nobody writes when nothing happens.
    hostname: topology.isServed ? (controlPlaneNames(topology)?.[index] ?? `apiserver-${index}`) : undefined,
    audit: topology.audit?.policy,
    secrets: topology.encryption && { encryption: topology.encryption },
    routes: topology.proxies ? routesOf(topology) : undefined,
    wayToRealPods: topology.realRuntime ? computerAddress(0) : undefined,
  });
}

function controlPlaneNames(topology: Topology): readonly string[] | undefined {
  const names = nodePlaces(topology).flatMap(({ name, isControlPlane }) => (isControlPlane ? [name] : []));
  return names.length === 0 ? undefined : names;
}

function memoryOfApiServer({ memory = {}, eventTtlSeconds }: Topology) {
  const { apiServerHeapMb, eventsBytesMax } = memory;
  const heapBytes = apiServerHeapMb === undefined ? undefined : apiServerHeapMb * 1024 * 1024;
  return { heapBytes, eventsBytesMax, eventTtlSeconds };
}

function managerInput(topology: Planned, index: number, https: HttpsOptions | undefined): ManagerInput {
  const { nodeMonitorGraceMs } = topology.timings ?? {};
  const { nodeCidrs } = unusual(topology.plan, topology.nodeCidrMaskSize);
  const { featureGates } = topology;
  const told = present({ rootCa: https?.clientCa, nodeMonitorGraceMs, nodeCidrs, featureGates });
  const settings = Object.keys(told).length > 0 ? told : undefined;
  return present({ servers: serversFor(topology, index), loops: topology.loops, settings, ...leaseOf(topology) });
}

function schedulerInput(topology: Topology, index: number): SchedulerInput {
  const configuration = topology.schedulerConfiguration;
  return present({ servers: serversFor(topology, index + 1), configuration, ...leaseOf(topology) });
}

function dnsSpec(
  topology: Planned,
  spec: (kind: string, input: DnsInput, name: string) => ChildSpec,
  { socket, upstreams }: { readonly [Each in "socket" | "upstreams"]: DnsInput[Each] },
): ChildSpec {
  const { plan } = topology;
  const ips = unusual(plan).dns ?? {};
  const input = present({ servers: serversFor(topology, 0), ...ips, socket, upstreams }) as DnsInput;
  const net = [...(socket ? [socket] : []), ...(upstreams ?? [])].map(({ host, port }) => `${host}:${port}`);
  return { ...spec("dns", input, dnsAddress), permissions: net.length === 0 ? {} : { net } };
}

/** As a kubelet does. */
const runtimeCheckMs = 5_000;

function kubeletInput(topology: Planned, { index, name, isControlPlane, cloud }: NodePlace): KubeletInput {
  const { zones = [], nodeCapacity, evictionHard, featureGates, timings = {} } = topology;
  const told = unusual(topology.plan);
  // Of rented nodes their provider says where they are, and what they have.
  const zone = cloud === undefined ? zones[index % Math.max(1, zones.length)] : undefined;
  const provider = providers.find((each) => each.name === cloud);
  return present({
    node: name,
    apiServers: serversFor(topology, index),
    podCidr: topology.plan.podCidrs(index).join(","),
    hostIp: topology.plan.nodeIps(index).join(","),
    clusterDns: told.clusterDns,
    apiServiceIp: told.apiServiceIp,
    computer: computerAddress(index),
    labels: cloud === undefined ? labelsOf(zone, isControlPlane) : { [cloudLabel]: cloud },
    taints: isControlPlane ? controlPlaneTaints : undefined,
    cloudProvider: cloud === undefined ? undefined : ("external" as const),
    capacity: nodeCapacity ?? provider?.capacity,
    evictionHard,
    // In simulation nobody looks at it who does not count volumes.
    hasCsiNode: topology.isServed ? true : undefined,
    volumeDriver: provider && volumeDriver(provider),
    leaseRenewMs: timings.nodeLeaseRenewMs,
    statusReportMs: timings.statusReportMs,
    hasManifests: topology.staticPods ? true : undefined,
    drivers: topology.devices?.map(({ driver }) => draDriverOf(name, driver)),
    featureGates,
    runtimeCheckMs: topology.realRuntime ? runtimeCheckMs : undefined,
  });
}

function labelsOf(zone: string | undefined, isControlPlane: boolean) {
  if (zone === undefined && !isControlPlane) return undefined;
  return {
    ...(zone === undefined ? {} : { "topology.kubernetes.io/zone": zone }),
    ...(isControlPlane ? controlPlaneLabels : {}),
  };
}

function computerInput(topology: Planned, { index, name }: NodePlace): ComputerInput {
  return present({
    node: name,
    nodeIps: topology.plan.nodeIps(index),
    kubelet: kubeletOf(name),
    kubeProxy: topology.proxies ? proxyOf(name) : undefined,
    kubeletServers: topology.proxies ? upTo(topology.apiservers, apiServerAddress) : undefined,
    routes: routesOf(topology),
    hosts: {
      ...(topology.dns ? hostsAt(topology.plan.dnsHostIps, dnsAddress) : {}),
      ...(topology.gateway ? hostsAt(topology.plan.gatewayIps, gatewayAddress) : {}),
      ...(topology.proxies ? apiServerHosts(topology) : {}),
    },
    hasRealPods: topology.realRuntime ? true : undefined,
  });
}

function hostsAt(ips: readonly string[], address: Address): Readonly<Record<string, Address>> {
  return Object.fromEntries(ips.map((ip) => [ip, address]));
}

function apiServerHosts({ apiservers, plan }: Planned): Readonly<Record<string, Address>> {
  return Object.fromEntries(upTo(apiservers, (index) => [plan.apiServerIp(index), apiServerAddress(index)]));
}

function proxyInput(topology: Planned, { index, name }: NodePlace): KubeProxyInput {
  const apiServers = serversFor(topology, index + 1);
  const computer = computerAddress(index);
  const { proxySyncMs: minSyncMs } = topology.timings ?? {};
  const { clusterCidr } = topology.plan;
  return present({ node: name, apiServers, computer, clusterCidr, minSyncMs });
}

function gatewayInput(topology: Planned): Omit<GatewayInput, "listenHosts"> {
  const apiServers = serversFor(topology, 0);
  const clouds = topology.clouds?.map(({ provider }) => cloudAddress(provider));
  const ips = topology.plan.gatewayIps;
  return {
    ...(clouds ? { clouds } : {}),
    apiServers,
    ips,
    routes: routesOf(topology),
  };
}

function routesOf(topology: Planned) {
  const { nodes, controlPlanes = 0 } = topology;
  return topology.plan.routesTo(nodes + controlPlanes + cloudPlaces(topology).length, computerPrefix);
}

function leaseOf({ timings = {} }: Topology) {
  const { leaseMs, renewDeadlineMs, retryMs } = timings;
  return { leaseMs, renewDeadlineMs, retryMs };
}

/** All API servers, the preferred one first. */
function serversFor(topology: Topology, index: number): readonly Address[] {
  const servers = apiServerAddresses(topology);
  const first = index % servers.length;
  return [...servers.slice(first), ...servers.slice(0, first)];
}
