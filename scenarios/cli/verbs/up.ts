import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { controlPlane } from "../../cluster/control_plane.ts";
import type { Cluster, ClusterOptions } from "../../cluster/create_cluster.ts";
import { InputError } from "../../cluster/input_error.ts";
import { compileLate } from "../../cluster/late_compilation.ts";
import type { Milestone } from "../../cluster/readiness.ts";
import { readTokenAuthFile } from "../../cluster/token_auth_file.ts";
import type { Topology } from "../../cluster/topology.ts";
import { crashNotes } from "../crash_notes.ts";
import { createDisplay, type Display } from "../display.ts";
import { listenForInterrupts } from "../interrupts.ts";
import { runCommand } from "../run_command.ts";
import { declareUp, threadNodesMax, trafficNodesMax, type UpOptions } from "../up_options.ts";
import { exitCodes, type Invocation, type Verb } from "../verb.ts";

/** A rented node that is idle for so long is given back: a tenth of Kubernetes' own, so that people see it. */
const scaleDownAfterMs = 60_000;

/** Brings a cluster up. */
export const up: Verb = {
  name: "up",
  summary: "Brings a cluster up and keeps it until Ctrl-C, or for as long as a command runs",
  takesCommand: true,
  examples: [
    ["troupe up", "3 nodes, 3 store replicas, 2 API servers, on port 6443"],
    ["troupe up --nodes 50 --port 0", "50 nodes, any free port"],
    ["troupe up --images ./images", "pods run your modules: ./images/hello.ts is the image hello:1"],
    ["troupe up --images ./images --allow read=./data", "pods may grant their code to read there"],
    ["troupe up --cloud aurora:2-5 --cloud borealis:1", "nodes of two providers, load balancers, an autoscaler"],
    ["troupe up --data-dir ./cluster", "the cluster is still there the next time"],
    ["troupe up --store etcd://127.0.0.1:2379", "its API servers use a real etcd, where it is found the next time"],
    [
      "troupe up --runtime containerd=/run/containerd/containerd.sock",
      "pods are real containers, in a containerd of this machine",
    ],
    ["troupe up --control-planes 3", "a control plane of which any node may be lost"],
    ["troupe up -- kubectl get nodes", "runs a command when every node is Ready, then stops and exits as it did"],
    ["troupe up --faults plan.yaml -- ./operator", "a controller of yours, behind an API server that misbehaves"],
    ["troupe up --nodes 2000 --host pool", "many kubelets share each worker thread"],
  ],
  declare: declareUp,
  run,
};

async function run({ options, command, streams }: Invocation<UpOptions>): Promise<number> {
  using interrupts = listenForInterrupts();
  compileLate();
  const display = createDisplay(streams.stderr);
  // Loaded on use: to tell how the command is used takes none of a cluster.
  const [{ createCluster }, { isStore }, { readConfigurationFiles }, { etcdctlEnvironment }] = await Promise.all([
    import("../../cluster/create_cluster.ts"),
    import("../../cluster/topology.ts"),
    import("../configuration_files.ts"),
    import("../../cluster/etcdctl_environment.ts"),
  ]);
  const { dataDir } = options;
  const onLog = (address: string, text: string) => {
    // What a replica says is about its disk, and is seldom said.
    if (dataDir !== undefined && isStore(address)) display.note(`${address} in ${resolve(dataDir)}/disks: ${text}`);
  };
  const faulty = await faultyDoor(options);
  let cluster: Cluster;
  try {
    const given = clusterOptions(options, display, await outsideOf(options));
    const tokens = { ...given.topology?.tokens, ...faulty?.tokens };
    const read = await readConfigurationFiles(options);
    const known = { ...given.topology, ...read, ...(faulty ? { tokens } : {}) };
    cluster = await createCluster({ ...given, topology: known, onLog, signal: interrupts.signal });
  } catch (error) {
    display.end();
    if (interrupts.signal.aborted) return exitCodes.interrupted;
    throw error;
  }
  display.end();
  const { access } = cluster;
  if (!access) throw new Error("Cannot tell where the cluster is: it serves no HTTPS");
  try {
    if (faulty) {
      await faulty.serve({ access, command, interrupts, display });
      return exitCodes.good;
    }
    if (command) {
      const { etcd } = cluster;
      const env = { KUBECONFIG: access.kubeconfig, ...(etcd ? etcdctlEnvironment(etcd) : {}) };
      return await runCommand(command, { env, interrupts });
    }
    streams.stdout.write(howToUse(access, cluster));
    await interrupts.happened;
    return exitCodes.good;
  } finally {
    display.note("Stopping");
    await cluster.close();
  }
}

/** The second door, for one client, when faults were planned; the plan is read before anything else is done. */
async function faultyDoor({ faults, faultsPort: port }: UpOptions) {
  if (faults === undefined) return undefined;
  const [{ planIn, serveWithFaults }, { clientUser, newToken }] = await Promise.all([
    import("../own_controller/faulty_up.ts"),
    import("../own_controller/client_front.ts"),
  ]);
  const plan = await planIn(faults);
  const token = newToken();
  return {
    tokens: { [token]: clientUser },
    serve: ({ display, ...given }: Serving) =>
      serveWithFaults({
        ...given,
        ...{ plan, token, port },
        onNote: (text) => display.note(text),
        onOpen: (kubeconfig) =>
          display.note(`The client that meets the faults uses:\n\n  export KUBECONFIG=${quoted(kubeconfig)}\n`),
      }),
  };
}

interface Serving {
  readonly access: NonNullable<Cluster["access"]>;
  readonly command: readonly string[] | undefined;
  readonly interrupts: ReturnType<typeof listenForInterrupts>;
  readonly display: Display;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

type Outside = Pick<Topology, "outsideStore" | "realRuntime">;

/** What of this machine the cluster uses; read with what is loaded on use, as little is to tell how the command is used. */
async function outsideOf({ store, runtime, defaultRuntime }: UpOptions): Promise<Outside> {
  const outsideStore = store === undefined ? undefined : (await import("../outer_store.ts")).outerStore(store);
  const socket =
    runtime === undefined ? undefined : (await import("../real_runtime_socket.ts")).realRuntimeSocket(runtime);
  return {
    ...(outsideStore ? { outsideStore } : {}),
    ...(socket === undefined ? {} : { realRuntime: { socket, isDefault: defaultRuntime !== "played" } }),
  };
}

function clusterOptions(options: UpOptions, display: Display, outside: Outside): ClusterOptions {
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
    ...(clouds.length > 0 ? { clouds, timings: { scaleDownAfterMs } } : {}),
    ...(allow ? { computerPermissions: allow } : {}),
    ...playing(options),
    ...(options.storeHistory === undefined ? {} : { storeHistory: options.storeHistory }),
    ...(options.eventTtl === undefined ? {} : { eventTtlSeconds: options.eventTtl }),
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
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(forceNewCluster ? { forceNewCluster } : {}),
    onNote: (text) => display.note(text),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    onProgress: (milestone) => showMilestone(display, milestone),
    onCrash: crashNotes((text) => display.note(text)),
    onFailure: ({ address, reason }) => display.note(`Gave up ${address}: ${reason.split("\n", 1)[0]}`),
  };
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

function howToUse(
  { url, kubeconfig }: NonNullable<Cluster["access"]>,
  { dns, etcd, registry, topology }: Cluster,
): string {
  const doors = topology.gateway ? "\nA Service with the node port 30080 answers at http://127.0.0.1:30080\n" : "";
  const names = dns ? `  dig @${dns.host} -p ${dns.port} kubernetes.default.svc.cluster.local\n` : "";
  const images = registry ? `  troupe image push ${registry.host}:${registry.port}/NAME:TAG\n` : "";
  const keys = etcd ? `${etcdctlLine(etcd)}\n` : "";
  return `
The cluster is ready at ${url}. In another terminal:

  export KUBECONFIG=${quoted(kubeconfig)}
  kubectl get nodes
${names}${images}${keys}${doors}
Ctrl-C stops it
`;
}

function etcdctlLine({ url, caCert, cert, key }: NonNullable<Cluster["etcd"]>): string {
  const files = `--cacert ${quoted(caCert)} --cert ${quoted(cert)} --key ${quoted(key)}`;
  return `  ETCDCTL_API=3 etcdctl --endpoints ${url} ${files} get --prefix --keys-only /registry/`;
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
