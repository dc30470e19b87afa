import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { type FeatureGates, readFeatureGates } from "../../actors/api/feature_gates.ts";
import { controlPlane } from "../cluster/control_plane.ts";
import type { ClusterOptions } from "../cluster/create_cluster.ts";
import { InputError } from "../cluster/input_error.ts";
import type { Milestone } from "../cluster/readiness.ts";
import { readTokenAuthFile } from "../cluster/token_auth_file.ts";
import type { Topology } from "../cluster/topology.ts";
import { addressingOf } from "./addressing.ts";
import { crashNotes } from "./crash_notes.ts";
import type { Display } from "./display.ts";
import { devicesOf } from "./driver_devices.ts";
import { outerStore } from "./outer_store.ts";
import { realRuntimeSocket } from "./real_runtime_socket.ts";
import { threadNodesMax, trafficNodesMax, type UpOptions } from "./up_options.ts";

/** A rented node that is idle for so long is given back: a tenth of Kubernetes' own, so that people see it. */
const scaleDownAfterMs = 60_000;
/** Where pods start at once, rules that follow them a second later, as on a real cluster, would lead them nowhere. */
const proxySyncFastMs = 50;

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

/** What of this machine the cluster uses. */
function outsideOf({ store, runtime, defaultRuntime }: UpOptions): Pick<Topology, "outsideStore" | "realRuntime"> {
  const isDefault = defaultRuntime !== "played";
  return {
    ...(store === undefined ? {} : { outsideStore: outerStore(store) }),
    ...(runtime === undefined ? {} : { realRuntime: { socket: realRuntimeSocket(runtime), isDefault } }),
  };
}

/** What is made of the options of `troupe up`; who brings the cluster up sees how far it is. */
export function clusterOptions(options: UpOptions, display: Display): ClusterOptions {
  const outside = outsideOf(options);
  const { cloud: clouds = [], stores = 3, apiservers = 2, controlPlanes } = options;
  const { nodes = clouds.length > 0 ? 0 : 3 } = options;
  const { host = nodes > threadNodesMax ? "pool" : "thread", port, dnsPort, dataDir, kubeconfig, seed } = options;
  const { forceNewCluster, etcdPort } = options;
  if (forceNewCluster && dataDir === undefined) {
    throw new InputError("Cannot force a new cluster: it needs the data of the old one, give --data-dir");
  }
  const { traffic = nodes <= trafficNodesMax, images, allow } = options;
  if (allow && !traffic) {
    throw new InputError(
      "Cannot allow anything to pods: without traffic they are played and run no code, turn that on",
    );
  }
  const topology: Topology = {
    nodes,
    ...(controlPlanes === undefined ? { stores, apiservers } : controlPlane(controlPlanes)),
    ...outside,
    ...(outside.outsideStore === undefined ? {} : { stores: 1 }),
    traffic,
    ...(clouds.length > 0 ? { clouds } : {}),
    timings: {
      ...(clouds.length > 0 ? { scaleDownAfterMs } : {}),
      ...(options.speed === "fast" ? { proxySyncMs: proxySyncFastMs } : {}),
    },
    ...(options.devices ? { devices: devicesOf(options.devices) } : {}),
    ...(allow ? { computerPermissions: allow } : {}),
    ...playing(options),
    ...addressingOf(options),
    ...(options.storeHistory === undefined ? {} : { storeHistory: options.storeHistory }),
    ...(options.eventTtl === undefined ? {} : { eventTtlSeconds: options.eventTtl }),
    ...(options.featureGates === undefined ? {} : { featureGates: featureGatesOf(options.featureGates) }),
    ...(options.tokenAuthFile === undefined ? {} : { tokens: readTokenAuthFile(options.tokenAuthFile) }),
  };
  display.note(`Bringing up ${partsOf(topology)}, ${livingIn(host)}`);
  return {
    topology,
    host,
    port,
    seed,
    ...(options.memory === undefined ? {} : { memoryBytes: options.memory }),
    ...(dnsPort === undefined ? {} : { dnsPort }),
    ...(etcdPort === undefined ? {} : { etcdPort }),
    ...registryOf(options),
    ...(images === undefined ? {} : { imageFolder: images }),
    ...(options.staticPods === undefined ? {} : { staticPods: manifestFolder(options.staticPods) }),
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(forceNewCluster ? { forceNewCluster } : {}),
    onNote: (text) => display.note(text),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    onProgress: (milestone) => showMilestone(display, milestone),
    onCrash: crashNotes((text) => display.note(text)),
    onFailure: ({ address, reason }) => display.note(`Gave up ${address}: ${reason.split("\n", 1)[0]}`),
  };
}

/** As Kubernetes' flag of that name, in its words. */
function featureGatesOf(text: string): FeatureGates {
  const read = readFeatureGates(text);
  if (read.ok) return read.value;
  throw new InputError(`invalid argument ${JSON.stringify(text)} for "--feature-gates" flag: ${read.failure}`);
}

/** A folder that nobody has made is a mistake; those of nodes in it may come later. */
function manifestFolder(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  throw new InputError(`Cannot read manifests of static pods in "${path}": it is no folder, make it`);
}

function registryOf({
  registryPort,
  registryUsers,
}: UpOptions): Pick<ClusterOptions, "registryPort" | "registryUsers"> {
  if (registryPort === undefined && registryUsers !== undefined) {
    throw new InputError("Cannot let anybody use a registry: there is none, give --registry-port");
  }
  return {
    ...(registryPort === undefined ? {} : { registryPort }),
    ...(registryUsers === undefined ? {} : { registryUsers }),
  };
}

/** What is said of the images that are played, where it is not as usual. */
function playing({ unknownImages, speed }: UpOptions): Pick<Topology, "images"> {
  if (unknownImages === "play" && speed === "fast") return {};
  return { images: { images: {}, unknown: unknownImages, speed } };
}

function partsOf({ nodes, controlPlanes = 0, stores, outsideStore, apiservers, clouds = [] }: Topology): string {
  const rented = clouds.map((pool) => `${count(pool.nodes, "node")} of ${pool.provider}`);
  const workers = [...(nodes > 0 || rented.length === 0 ? [count(nodes, "node")] : []), ...rented].join(", ");
  if (controlPlanes > 0) return `${workers} and a control plane of ${count(controlPlanes, "node")}`;
  const store = outsideStore ? `the etcd at ${outsideStore.host}:${outsideStore.port}` : count(stores, "store replica");
  return `${workers}, ${store} and ${count(apiservers, "API server")}`;
}

function livingIn(host: "thread" | "pool"): string {
  return host === "thread" ? "each in a worker thread" : `in ${availableParallelism()} worker threads`;
}

const stageNames: Readonly<Record<Milestone["stage"], string>> = {
  store: "store",
  apiservers: "API servers",
  leaders: "controllers",
  nodes: "nodes",
};

function showMilestone(display: Display, milestone: Milestone) {
  const { stage, done, of, atMs } = milestone;
  const isFinal = done >= of;
  const time = isFinal ? `${(atMs / 1000).toFixed(1)} s` : "";
  display.set(stage, `  ${stageNames[stage].padEnd(13)}${told(milestone).padEnd(40)}${time}`.trimEnd(), { isFinal });
}

function told({ stage, done, of, who }: Milestone): string {
  if (stage === "store") return done < of ? "electing a leader" : `${who ?? "a replica"} leads`;
  if (stage === "apiservers") return `${done} of ${of} serving`;
  if (stage === "leaders") return done < of ? "electing leaders" : "controller manager and scheduler lead";
  return `${done} of ${of} Ready`;
}
