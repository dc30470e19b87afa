import { resolve } from "node:path";
import type { Cluster } from "../../cluster/create_cluster.ts";
import { compileLate } from "../../cluster/late_compilation.ts";
import { createDisplay, type Display } from "../display.ts";
import { listenForInterrupts } from "../interrupts.ts";
import { runCommand } from "../run_command.ts";
import { declareUp, type UpOptions } from "../up_options.ts";
import { exitCodes, type Invocation, type Verb } from "../verb.ts";

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
    ["troupe up --ip-families IPv4,IPv6", "nodes, pods and Services have addresses of both"],
    ["troupe up --feature-gates ImageVolume=true", "features that Kubernetes 1.34 has off by default"],
    ["troupe up --static-pods ./pods", "kubelets run what is there by themselves: node-0 what is in ./pods/node-0"],
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
  const [
    { createCluster },
    { isStore, kubeletFolder },
    { clusterOptions },
    { readConfigurationFiles },
    { etcdctlEnvironment },
    { howToUse },
  ] = await Promise.all([
    import("../../cluster/create_cluster.ts"),
    import("../../cluster/topology.ts"),
    import("../up_cluster.ts"),
    import("../configuration_files.ts"),
    import("../../cluster/etcdctl_environment.ts"),
    import("../how_to_use.ts"),
  ]);
  const { dataDir } = options;
  const onLog = (address: string, text: string) => {
    // What a kubelet says is about manifests that are amiss.
    if (address.startsWith(kubeletFolder)) display.note(`${address}: ${text}`);
    // What a replica says is about its disk, and is seldom said.
    if (dataDir !== undefined && isStore(address)) display.note(`${address} in ${resolve(dataDir)}/disks: ${text}`);
  };
  const faulty = await faultyDoor(options);
  let cluster: Cluster;
  try {
    const given = clusterOptions(options, display);
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
  const [{ planIn, serveWithFaults }, { clientUser, newToken }, { quoted }] = await Promise.all([
    import("../own_controller/faulty_up.ts"),
    import("../own_controller/client_front.ts"),
    import("../how_to_use.ts"),
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
