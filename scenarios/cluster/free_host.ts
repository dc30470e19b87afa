import { join, resolve } from "node:path";
import type { ContainerdSettings } from "../../actors/cri/containerd/containerd_runtime.ts";
import { prepareModules } from "../../actors/cri/modules/prepare_modules.ts";
import type { DnsInput } from "../../actors/dns/messages.ts";
import { dialTcp } from "../../runtime/devices/tcp_client.ts";
import { createPoolHost } from "../../runtime/hosts/free/pool.ts";
import { createThreadHost } from "../../runtime/hosts/free/thread.ts";
import { clusterCredentials, type KeyPair, tokenKeys } from "./certificates.ts";
import type { ClusterAccess, ClusterOptions } from "./create_cluster.ts";
import { takeDataDir } from "./data_dir.ts";
import type { DeviceSettings } from "./devices.ts";
import { freeDnsPort } from "./dns_access.ts";
import { etcdDoor } from "./etcd_access.ts";
import { cast } from "./free_cast.ts";
import { type Endpoint, openFrontDoor } from "./front_door.ts";
import { holdPorts } from "./held_ports.ts";
import { imageFolders } from "./image_folder.ts";
import { kubeconfigText, writeKubeconfig } from "./kubeconfig.ts";
import { listenHostsHere } from "./listen_hosts.ts";
import type { MadeHost } from "./made_host.ts";
import { networkPlan } from "./network_plan.ts";
import { forceNewCluster, lossAdvice } from "./store_rescue.ts";
import { type ChildSpecOptions, loopback, type Topology } from "./topology.ts";

/** Makes the host with real threads that a cluster lives in; what has to be undone later is added to `cleanUps`. */
export async function freeHost(
  options: ClusterOptions,
  topology: Topology,
  cleanUps: (() => Promise<void>)[],
): Promise<MadeHost> {
  const { seed = 1, workers, onFailure, onCrash, onLog } = options;
  const startedAtMs = Date.now();
  const dataDir = await takeDataDir(options.dataDir, topology);
  cleanUps.push(dataDir.release);
  const forced = options.forceNewCluster ? await forceNewCluster(dataDir.path) : undefined;
  if (forced) options.onNote?.(forced.told);
  const dnsPort =
    options.dnsPort === undefined ? undefined : await freeDnsPort({ host: loopback, port: options.dnsPort });
  const etcd = options.etcdPort === undefined ? undefined : await etcdDoor(options.etcdPort, dataDir.pki, cleanUps);
  const https = await httpsOf(options, { topology, dataDir, cleanUps });
  const listenHosts = listenHostsHere();
  const isOfIpv6 = networkPlan(topology).families.includes("IPv6");
  if (topology.gateway && isOfIpv6 && listenHosts.IPv6 === loopback) {
    options.onNote?.(`This machine has no IPv6: node ports of Services of IPv6 answer at ${loopback}, too`);
  }
  const { images, modules: isCode = false } = topology;
  const modules = isCode ? await Promise.all(imageFolders(options.imageFolder).map(prepareModules)) : [];
  const cluster = forced?.cluster ?? dataDir.cluster;
  const registry = await registryOf(options, dataDir.path, cleanUps);
  const place = { cluster, path: dataDir.path, ...(https ? { door: https.access } : {}) };
  const { containerd, dnsUpstreams } = await containerdOf({ ...options, topology }, place, cleanUps);
  const settings: DeviceSettings = {
    diskFolder: dataDir.disks,
    volumeFolder: dataDir.volumes,
    signingKeys: {
      ...(await tokenKeys(options.dataDir === undefined ? {} : { folder: dataDir.pki })),
      ...(https && { authority: https.authority }),
    },
    ...(images ? { images } : {}),
    ...(topology.audit ? { auditLog: topology.audit.logPath } : {}),
    modules,
    ...(containerd ? { containerd } : {}),
    ...(registry ? { registry: `${registry.host}:${registry.port}` } : {}),
    ...(options.staticPods === undefined ? {} : { staticPods: resolve(options.staticPods) }),
  };
  const common = {
    cast,
    settings,
    seed,
    ...(topology.memory?.otherHeapMb === undefined ? {} : { heapMaxMb: topology.memory.otherHeapMb }),
    ...(onFailure ? { onFailure } : {}),
    ...(onCrash ? { onCrash } : {}),
    ...(onLog ? { onLog } : {}),
  };
  const host =
    options.host === "pool"
      ? await createPoolHost({ ...common, ...(workers === undefined ? {} : { workers }) })
      : await createThreadHost(common);
  return {
    host,
    specOptions: {
      cluster,
      listenHosts,
      ...https?.specOptions,
      ...(etcd ? { etcdSocket: etcd.socket } : {}),
      ...(dnsUpstreams ? { dnsUpstreams } : {}),
      ...(dnsPort === undefined ? {} : { dnsSocket: { host: loopback, port: dnsPort } }),
    },
    ...(https ? { access: https.access } : {}),
    ...(etcd ? { etcd: etcd.access } : {}),
    ...(registry ? { registry } : {}),
    lossAdvice: () => lossAdvice(dataDir.path),
    uptimeMs: () => Date.now() - startedAtMs,
    nowMs: () => Date.now(),
    startedAtMs: () => startedAtMs,
    dial: (to) => dialTcp(to.host ?? loopback, to.port),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}

/** The registry of a cluster, with what was pushed to it before. */
async function registryOf(
  { registryPort: port, registryUsers }: ClusterOptions,
  path: string,
  cleanUps: (() => Promise<void>)[],
): Promise<Endpoint | undefined> {
  if (port === undefined) return undefined;
  const [{ contentStore }, { serveRegistry }, { readRegistryUsers }] = await Promise.all([
    import("../registry/content_store.ts"),
    import("../registry/registry_server.ts"),
    import("../registry/registry_users.ts"),
  ]);
  const isAllowed = registryUsers === undefined ? undefined : readRegistryUsers(registryUsers);
  const content = contentStore(join(path, "registry"));
  const { host, port: bound, close } = await serveRegistry({ host: loopback, port, content, isAllowed });
  cleanUps.push(close);
  return { host, port: bound };
}

/** The real runtime of a cluster, without what an earlier life of it has left there; it is cleared when the cluster ends. */
async function containerdOf(
  { topology, onNote }: Pick<ClusterOptions, "onNote"> & { readonly topology: Topology },
  { cluster, path, door }: { readonly cluster: string; readonly path: string; readonly door?: Endpoint },
  cleanUps: (() => Promise<void>)[],
): Promise<RealSettings> {
  const { realRuntime } = topology;
  if (!realRuntime) return {};
  const { findRuntime } = await import("./real_runtime.ts");
  const found = await findRuntime(realRuntime);
  cleanUps.push(async () => {
    await found.clear(cluster);
    found.close();
  });
  await found.clear(cluster);
  const [whose, others] = realRuntime.isDefault
    ? ["Pods", "those of the RuntimeClass played are played"]
    : ["Pods of the RuntimeClass containerd", "all others are played"];
  const where = `for real in ${found.name} at ${realRuntime.socket}`;
  onNote?.(`${whose} run ${where}, ${others}; what is real cannot be replayed from a seed`);
  const containerd: ContainerdSettings = { ...realRuntime, cluster, folder: join(path, "containerd") };
  if (!topology.proxies) return { containerd };
  const { machineResolvers, podReach, reachObstacle } = await import("./pod_reach.ts");
  const obstacle = await reachObstacle();
  if (obstacle !== undefined) {
    onNote?.(`What runs for real reaches no Service and no name of the cluster: ${obstacle}`);
    return { containerd };
  }
  return {
    containerd: { ...containerd, gate: podReach(topology, door && { ip: door.host, port: door.port }) },
    dnsUpstreams: await machineResolvers(),
  };
}

/** A real runtime, and whom its pods ask for names outside of the cluster. */
interface RealSettings {
  readonly containerd?: ContainerdSettings;
  readonly dnsUpstreams?: NonNullable<DnsInput["upstreams"]>;
}

interface Https {
  readonly authority: KeyPair;
  readonly specOptions: ChildSpecOptions;
  readonly access: ClusterAccess;
}

/** What the HTTPS side of a cluster is made of; the front door stands open from the start. */
async function httpsOf(
  { port, kubeconfig, dataDir: kept }: ClusterOptions,
  {
    topology,
    dataDir,
    cleanUps,
  }: {
    readonly topology: Topology;
    readonly dataDir: Awaited<ReturnType<typeof takeDataDir>>;
    readonly cleanUps: (() => Promise<void>)[];
  },
): Promise<Https | undefined> {
  if (port === undefined) return undefined;
  const { ports, release } = await holdPorts(loopback, topology.apiservers);
  cleanUps.push(release);
  const apiServers = ports.map((each) => ({ host: loopback, port: each }));
  const door = await openFrontDoor({ host: loopback, port, backends: apiServers });
  cleanUps.push(door.close);
  const { apiServiceIps: serviceIps } = networkPlan(topology);
  const credentials = await clusterCredentials({ serviceIps, ...(kept === undefined ? {} : { folder: dataDir.pki }) });
  const url = `https://${loopback}:${door.port}`;
  const path = kubeconfig ?? dataDir.kubeconfig;
  await writeKubeconfig(path, kubeconfigText({ server: url, credentials }));
  const { serving, caCert, authority, frontProxy } = credentials;
  return {
    authority,
    access: { host: loopback, port: door.port, url, kubeconfig: path, apiServers },
    specOptions: {
      https: (index) => ({ ...(apiServers[index] as Endpoint), ...serving, clientCa: caCert, frontProxy }),
    },
  };
}
