import { imageNameOf } from "../image_name.ts";
import type { ContainerConfig } from "../messages.ts";

/** A step of a well-known install, of which nothing is left to do where containers are played. */
interface Step {
  /** The image, whatever its registry and its tag. */
  readonly image: RegExp;
  /** What its command and arguments have. Default: whatever they are. */
  readonly words?: RegExp;
  /** What it would do. */
  readonly does: string;
}

const network = "puts a network's plugins on the node, whose network is there";
const traffic = "turns the pod's connections to a proxy, which does not run";

const steps: readonly Step[] = [
  { image: /\/calico\/(cni|node|calico)$|\/mirrored-calico-(cni|node)$/, does: network },
  { image: /\/cilium\/cilium(-ci)?$/, does: network },
  { image: /flannel-cni-plugin$|\/multus-cni$|\/amazon-k8s-cni-init$|\/weave-kube$/, does: network },
  { image: /\/antrea-agent-\w+$/, does: network },
  { image: /\/istio\/proxyv2$/, words: /^istio-iptables\b/, does: traffic },
  { image: /\/linkerd\/proxy-init$/, does: traffic },
  { image: /\/linkerd\/proxy$/, words: /network-validator/, does: traffic },
  {
    image: /\/crossplane\/crossplane$/,
    words: /^(crossplane )?core init\b/,
    does: "brings the definitions of Crossplane along, which are in its image and not here",
  },
  {
    image: /\/kyverno\/kyverno-?pre$/,
    does: "clears away what an earlier Kyverno has left",
  },
  {
    image: /\/openpolicyagent\/gatekeeper-crds$/,
    words: /^(kubectl )?apply -f crds/,
    does: "brings newer definitions of Gatekeeper along, which are in its image and not here",
  },
  { image: /\/velero-plugin-for-[\w-]+$/, does: "brings a plugin along for Velero, which does not run" },
  {
    image: /\/longhornio\/longhorn-manager$/,
    words: /longhorn-backend:9500/,
    does: "waits for Longhorn's manager, which does not run",
  },
  {
    image: /\/storageversion\/cmd\/migrate$/,
    does: "stores objects in their newest version, in which the API server stores them when they are next written",
  },
  {
    image: /\/apache\/airflow$/,
    words: /airflow (db|users|jobs|fab-db)\b/,
    does: "brings Airflow's database into shape, and there is none",
  },
  { image: /\/minio\/mc$/, does: "makes buckets and accounts in MinIO, which does not run" },
  {
    image: /\/(temporalio\/admin-tools|jaegertracing\/jaeger-cassandra-schema|goharbor\/\w*db-migrator)$/,
    does: "brings a database into shape, and there is none",
  },
  {
    image: /\/kiwigrid\/k8s-sidecar$/,
    does: "gathers what ConfigMaps have into files of a program that does not run",
  },
  {
    image: /\/bitnami(legacy|secure)?\/[\w-]+$/,
    words: /\/opt\/bitnami\//,
    does: "prepares folders that its image has, and that are not here",
  },
];

/**
 * What a step of a well-known install says that is played by ending well, as what it would do is there already or has no
 * use where nothing else of its install runs; undefined: it is no such step.
 */
export function installStep({ image, command, args }: ContainerConfig): string | undefined {
  const name = imageNameOf(image)
    .full.replace(/@.*$/, "")
    .replace(/:[^/:]*$/, "");
  const words = [...command, ...args].join(" ");
  const found = steps.find((step) => step.image.test(name) && (step.words?.test(words) ?? true));
  return found && `Nothing is done here: kubetroupe plays this step of an install, which ${found.does}`;
}
