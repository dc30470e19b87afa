import { type Command, Option } from "commander";
import type { AutoCompaction } from "../../actors/store/messages.ts";
import type { Permissions } from "../../runtime/mod.ts";
import { InputError } from "../cluster/input_error.ts";
import type { CloudPool } from "../cluster/topology.ts";
import { allowance } from "./allowance.ts";
import { cloudPool } from "./cloud_pool.ts";
import type { ConfigurationFiles } from "./configuration_files.ts";
import { type AddressingOptions, ipFamilies } from "./ip_families.ts";
import { eventTtl, memorySize, storeHistory } from "./sizes.ts";
import { wholeNumber } from "./verb.ts";

/** What `troupe up` is told. */
export interface UpOptions extends ConfigurationFiles, AddressingOptions {
  /** Undefined: the default, or none beside those of a cloud. */
  readonly nodes?: number;
  readonly cloud?: readonly CloudPool[];
  /** Undefined: as the control plane has, or the default. */
  readonly stores?: 1 | 3 | 5;
  readonly store?: string;
  readonly storeHistory?: AutoCompaction;
  readonly apiservers?: number;
  readonly controlPlanes?: 1 | 3 | 5;
  readonly host?: "thread" | "pool";
  readonly port: number;
  readonly traffic?: boolean;
  readonly images?: string;
  readonly staticPods?: string;
  readonly devices?: readonly string[];
  readonly unknownImages: "play" | "refuse";
  readonly speed: "fast" | "real";
  readonly allow?: Permissions;
  readonly runtime?: string;
  readonly defaultRuntime?: "containerd" | "played";
  readonly dnsPort?: number;
  readonly etcdPort?: number;
  readonly registryPort?: number;
  readonly registryUsers?: string;
  readonly dataDir?: string;
  readonly forceNewCluster?: true;
  readonly kubeconfig?: string;
  readonly seed: number;
  readonly memory?: number;
  readonly eventTtl?: number;
  readonly featureGates?: string;
  readonly tokenAuthFile?: string;
  readonly faults?: string;
  readonly faultsPort: number;
}

/** Past so many nodes a worker each is more than a machine of ordinary size carries. */
export const threadNodesMax = 200;
/** Past so many nodes a computer and a kube-proxy for each are had only when asked for. */
export const trafficNodesMax = 200;

/** The options of `troupe up`. */
export function declareUp(command: Command) {
  command
    .option(
      "--nodes <n>",
      "how many nodes (default: 3, or none beside those of a cloud)",
      wholeNumber({ least: 0, most: 10_000 }),
    )
    .option(
      "--cloud <name[:nodes[-most]]>",
      "rents nodes from a provider, aurora or borealis; with a most, a pool that grows and shrinks (repeatable)",
      cloudPool,
    )
    .addOption(
      new Option("--stores <n>", "how many store replicas (default: 3)")
        .choices(["1", "3", "5"])
        .argParser(oneOf("store replicas", 1, 3, 5)),
    )
    .addOption(
      new Option(
        "--store <etcd://host:port>",
        "uses a real etcd there as the store (default: the cluster has its own)",
      ).conflicts(["stores", "controlPlanes", "etcdPort", "forceNewCluster", "storeHistory"]),
    )
    .addOption(
      new Option("--apiservers <n>", "how many API servers (default: 2)").argParser(wholeNumber({ least: 1, most: 3 })),
    )
    .addOption(
      new Option(
        "--control-planes <n>",
        "nodes of a control plane, each with a store replica, an API server, a scheduler and a controller manager (default: no such nodes)",
      )
        .choices(["1", "3", "5"])
        .argParser(oneOf("nodes of a control plane", 1, 3, 5))
        .conflicts(["stores", "apiservers"]),
    )
    .addOption(
      new Option(
        "--host <name>",
        `a worker thread for each actor, or few for all (default: thread, past ${threadNodesMax} nodes pool)`,
      ).choices(["thread", "pool"]),
    )
    .option("--port <p>", "the port on 127.0.0.1, 0 for any free one", wholeNumber({ least: 0, most: 65_535 }), 6443)
    .option(
      "--ip-families <families>",
      "of which families nodes, pods and Services have addresses: IPv4, IPv6, or both, the one that leads first (default: IPv4)",
      ipFamilies,
    )
    .option(
      "--service-cluster-ip-range <ranges>",
      "where Services get their addresses: a range, or one of each family with a comma (default: 10.96.0.0/16, fd00:10:96::/112)",
    )
    .option(
      "--cluster-cidr <ranges>",
      "where pods get theirs, in the same way (default: 10.244.0.0/24 and on, fd00:10:244::/48)",
    )
    .option(
      "--node-cidr-mask-size-ipv4 <bits>",
      "the size of a node's part of that (default: 24)",
      wholeNumber({ least: 9, most: 29 }),
    )
    .option(
      "--node-cidr-mask-size-ipv6 <bits>",
      "the same of IPv6 (default: 64)",
      wholeNumber({ least: 17, most: 124 }),
    )
    .option(
      "--dns-port <p>",
      "serves the cluster's names there by UDP and TCP (default: only pods are answered)",
      wholeNumber({ least: 0, most: 65_535 }),
    )
    .option(
      "--etcd-port <p>",
      "serves the store there by etcd's own protocol, with certificates (default: it is not served)",
      wholeNumber({ least: 0, most: 65_535 }),
    )
    .option(
      "--registry-port <p>",
      "serves a registry of images there, which pods pull from (default: there is none)",
      wholeNumber({ least: 0, most: 65_535 }),
    )
    .option("--registry-users <file>", "who may push and pull: a line each, name:password, as htpasswd -s has it, too")
    .option("--images <folder>", "the images that pods run as real code (default: those of troupe image list)")
    .option(
      "--static-pods <folder>",
      "pods that kubelets run by themselves: manifests in a folder in it for each node, <folder>/node-0/web.yaml",
    )
    .option(
      "--devices <driver[=n]>",
      "has a driver of devices on each node, with so many of them, 2 by default: ResourceClaims get these (repeatable)",
      (text: string, before: readonly string[] = []) => [...before, text],
    )
    .addOption(
      new Option("--unknown-images <what>", "whether images that nobody knows are played, too, or cannot be pulled")
        .choices(["play", "refuse"])
        .default("play"),
    )
    .addOption(
      new Option("--speed <how>", "whether pulls and starts take no time, or as long as on a real cluster")
        .choices(["fast", "real"])
        .default("fast"),
    )
    .option(
      "--runtime <containerd=socket>",
      "runs pods for real in the containerd at this unix socket; the RuntimeClass played is for those that are not to",
    )
    .addOption(
      new Option("--default-runtime <name>", "with --runtime: what runs pods that name no RuntimeClass")
        .choices(["containerd", "played"])
        .default("containerd"),
    )
    .option(
      "--allow <kind=scope>",
      "what pods may grant the code of their images, such as read=/srv/data or net=127.0.0.1:5432 (repeatable)",
      allowance,
    )
    .option("--traffic", `carries connections, with real code in pods (default up to ${trafficNodesMax} nodes)`)
    .option("--no-traffic", "only the API, controllers, scheduler and kubelets: pods are played, nothing answers")
    .option("--data-dir <folder>", "keeps the cluster there (default: it is gone when it stops)")
    .option(
      "--force-new-cluster",
      "with --data-dir: begins anew from what is left of a store that has lost a majority of its replicas; writes are lost",
    )
    .option("--kubeconfig <file>", "where the kubeconfig is written (default: in the data directory)")
    .option(
      "--memory <size>",
      "what all its workers may take, such as 4Gi (default: half of the machine's)",
      memorySize,
    )
    .option(
      "--store-history <much>",
      "compacts the store by itself, so that the last so many revisions are kept (5000) or those of so long (1h)",
      storeHistory,
    )
    .option(
      "--feature-gates <name=bool,...>",
      "switches features that Kubernetes 1.34 has off, such as ImageVolume=true (repeatable)",
      (text: string, before?: string) => (before === undefined ? text : `${before},${text}`),
    )
    .option("--event-ttl <duration>", "how long Events are kept, such as 30m (default: 1h)", eventTtl)
    .option(
      "--token-auth-file <file>",
      'users by bearer tokens, a line each: token,name,uid,"group,group" (default: none)',
    )
    .option("--audit-policy-file <file>", "what API servers write down of requests: an audit.k8s.io/v1 Policy")
    .option("--audit-log-path <file>", "where they write it, a line for each event; - is the standard output")
    .option(
      "--encryption-key <file>",
      "seals Secrets in the store with the key in this file: base64 of 16, 24 or 32 bytes (default: they are not sealed)",
    )
    .option("--encryption-provider-config <file>", "an EncryptionConfiguration: what is sealed, how, with which keys")
    .option("--scheduler-config <file>", "a KubeSchedulerConfiguration: profiles, plugins and their arguments")
    .option("--faults <file>", "a second door, for one client alone, with the faults of this plan in it")
    .option(
      "--faults-port <p>",
      "the port of that door (default: any free one)",
      wholeNumber({ least: 0, most: 65_535 }),
      0,
    )
    .option("--seed <s>", "seeds the actors' random numbers", wholeNumber({ least: 0, most: 2 ** 32 - 1 }), 1);
}

function oneOf(what: string, ...values: readonly number[]) {
  const parse = wholeNumber({ least: Math.min(...values), most: Math.max(...values) });
  return (text: string): number => {
    const value = parse(text);
    if (values.includes(value)) return value;
    throw new InputError(`Cannot make a cluster with ${value} ${what}: give 1, 3 or 5`);
  };
}
