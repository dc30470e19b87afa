import type { Step } from "../../runtime/mod.ts";
import { namespace as namespaceKind } from "../api/kinds/namespace.ts";
import { type NetworkPolicy, networkPolicy } from "../api/kinds/network_policy.ts";
import { pod as podKind } from "../api/kinds/pod.ts";
import { type Frozen, type KubeObject, keyOf, type Namespace, type Pod } from "../api/types.ts";
import { mirrorAnnotation } from "../api/validation/pod_annotations.ts";
import type { ApiClient } from "../client/api_client.ts";
import type { ComponentData } from "../client/component.ts";
import { createInformer } from "../client/informer.ts";
import type { NodePolicies } from "../network/pod_policies.ts";
import { type PolicyPod, podRules } from "./pod_rules.ts";

/** What a node knows of NetworkPolicies. */
export interface Policies {
  /** To be started and stopped with all others. */
  readonly informer: ComponentData["informers"][number];
  /** The policies that are known. */
  all(): readonly Frozen<NetworkPolicy>[];
  /** Whether the node may have other rules than it should. */
  isDirty(): boolean;
  /** Whether that cannot wait: a pod of the node waits for it to begin, or somebody has changed what policies say. */
  isUrgent(): boolean;
  /** What is said of the node's pods, which is taken to be in force from now on. */
  take(): NodePolicies;
}

/** Where the DNS server is: it has no pod, and policies speak of it as if it were one of CoreDNS'. */
const dnsPod = { uid: "", namespace: "kube-system", labels: { "k8s-app": "kube-dns" }, node: "", ports: [] } as const;

/**
 * Follows policies, and, from the first of them on, the pods and namespaces that they speak of: a cluster without
 * policies has nobody watch all its pods on each node. From then on, too, no pod of the node begins of which nothing was
 * said.
 */
export function createPolicies(client: ApiClient, node: string, dnsIps: () => readonly string[]): Policies {
  const policies = createInformer<NetworkPolicy>({ client, kind: networkPolicy });
  const pods = createInformer<Pod>({ client, kind: podKind });
  const namespaces = createInformer<Namespace>({ client, kind: namespaceKind });
  let isFollowing = false;
  /** The pods that matter here, by their keys. */
  const seen = new Map<string, PolicyPod>();
  /** Pods and namespaces have been told of since they are followed. */
  let isTold = false;
  let dirty: "no" | "soon" | "now" = "no";

  const areListed = () => pods.synced() && namespaces.synced();
  const isSynced = () => policies.synced() && (!isFollowing || areListed());

  policies.onChange(({ type, object, previous }, step) => {
    if (type !== "updated" || !isSame(object.spec, previous?.spec)) dirty = "now";
    follow(step);
  });
  policies.onListed(follow);
  /** What is listed for the first time is told when all of it is there. */
  const note = (how: "soon" | "now") => {
    if (areListed() && policies.size > 0 && dirty !== "now") dirty = how;
  };
  for (const informer of [pods, namespaces]) {
    informer.onListed(() => {
      if (!isTold) note("now");
    });
  }
  namespaces.onChange(({ type, object, previous }) => {
    if (type !== "updated" || !isSame(labelsOf(object), labelsOf(previous))) note("soon");
  });
  pods.onChange(({ type, object }) => {
    const key = keyOf(object as Frozen<KubeObject>);
    const [now, before] = [type === "deleted" ? undefined : policyPod(object, node), seen.get(key)];
    if (isSame(now, before)) return;
    if (now) seen.set(key, now);
    else seen.delete(key);
    note(now?.node === node && !isSame(now.labels, before?.labels) ? "now" : "soon");
  });

  function follow(step: Step) {
    if (isFollowing || policies.size === 0) return;
    isFollowing = true;
    pods.start(step);
    namespaces.start(step);
  }

  return {
    informer: {
      start: (step) => policies.start(step),
      stop(step) {
        isFollowing = false;
        isTold = false;
        for (const informer of [policies, pods, namespaces]) informer.stop(step);
      },
      synced: isSynced,
    },
    all: () => [...policies.values()],
    isDirty: () => dirty !== "no" && policies.synced(),
    isUrgent: () => dirty === "now" && policies.synced(),
    take() {
      dirty = "no";
      if (policies.size === 0) return { known: "all", rules: [] };
      if (!areListed()) return { known: [], rules: [] };
      isTold = true;
      const known = [...seen.values()];
      const names = [...namespaces.values()].map((each) => [each.metadata.name ?? "", labelsOf(each)] as const);
      const all = [...known, ...dnsIps().map((ip): PolicyPod => ({ ...dnsPod, ips: [ip] }))];
      const rules = podRules({ policies: [...policies.values()], pods: all, namespaces: new Map(names) }, node);
      return { known: known.flatMap((each) => (each.node === node ? [each.uid] : [])), rules };
    },
  };
}

function labelsOf(object: Frozen<KubeObject> | undefined): Readonly<Record<string, string>> {
  return object?.metadata.labels ?? {};
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A pod as policies see it; undefined: it has no address of its own, or not any more, and is none of this node's. */
function policyPod({ metadata, spec, status }: Frozen<Pod>, node: string): PolicyPod | undefined {
  const { podIP, podIPs, phase } = status;
  const hasAddress = podIP !== undefined && podIP !== "" && phase !== "Succeeded" && phase !== "Failed";
  if (spec.hostNetwork || (!hasAddress && spec.nodeName !== node)) return undefined;
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const ports = containers.flatMap(({ ports: each = [] }) =>
    each.flatMap(({ name, containerPort: port, protocol = "TCP" }) =>
      name === undefined ? [] : [{ name, port, protocol }],
    ),
  );
  return {
    // Its node knows a static pod by what its manifest says, and the API by its mirror.
    uid: metadata.annotations?.[mirrorAnnotation] ?? metadata.uid ?? "",
    namespace: metadata.namespace ?? "",
    labels: metadata.labels ?? {},
    node: spec.nodeName ?? "",
    ips: hasAddress ? (podIPs?.flatMap(({ ip }) => ip ?? []) ?? [podIP]) : [],
    ports,
  };
}
