import type { Step } from "../../runtime/mod.ts";
import { namespace as namespaceKind } from "../api/kinds/namespace.ts";
import { type NetworkPolicy, networkPolicy } from "../api/kinds/network_policy.ts";
import { pod as podKind } from "../api/kinds/pod.ts";
import type { Frozen, KubeObject, Namespace, Pod } from "../api/types.ts";
import type { ApiClient } from "../client/api_client.ts";
import type { ComponentData } from "../client/component.ts";
import { createInformer } from "../client/informer.ts";
import type { PodRules } from "../network/pod_policies.ts";
import { type PolicyPod, podRules } from "./pod_rules.ts";

/** What a node knows of NetworkPolicies. */
export interface Policies {
  /** To be started and stopped with all others. */
  readonly informer: ComponentData["informers"][number];
  /** Whether the node may have other rules than it should. */
  isDirty(): boolean;
  /** The rules of the node's pods, which are taken to be in force from now on. */
  take(): readonly PodRules[];
}

/** Where the DNS server is: it has no pod, and policies speak of it as if it were one of CoreDNS'. */
const dnsPod = { namespace: "kube-system", labels: { "k8s-app": "kube-dns" }, node: "", ports: [] } as const;

/**
 * Follows policies, and, from the first of them on, the pods and namespaces that they speak of: a cluster without
 * policies has nobody watch all its pods on each node.
 */
export function createPolicies(client: ApiClient, node: string, dnsIps: () => readonly string[]): Policies {
  const policies = createInformer<NetworkPolicy>({ client, kind: networkPolicy });
  const pods = createInformer<Pod>({ client, kind: podKind });
  const namespaces = createInformer<Namespace>({ client, kind: namespaceKind });
  let isFollowing = false;
  let isDirty = false;
  const note = () => {
    isDirty = true;
  };
  policies.onChange(note);
  policies.onListed(follow);
  policies.onChange((_change, step) => follow(step));
  namespaces.onChange(({ type, object, previous }) => {
    if (type !== "updated" || !isSame(labelsOf(object), labelsOf(previous))) note();
  });
  pods.onChange(({ type, object, previous }) => {
    if (type !== "updated" || !isSame(policyPod(object), previous && policyPod(previous))) note();
  });

  function follow(step: Step) {
    if (isFollowing || policies.size === 0) return;
    isFollowing = true;
    pods.start(step);
    namespaces.start(step);
  }

  const isSynced = () => policies.synced() && (!isFollowing || (pods.synced() && namespaces.synced()));

  return {
    informer: {
      start: (step) => policies.start(step),
      stop(step) {
        isFollowing = false;
        for (const informer of [policies, pods, namespaces]) informer.stop(step);
      },
      synced: isSynced,
    },
    isDirty: () => isDirty && isSynced(),
    take() {
      isDirty = false;
      if (policies.size === 0) return [];
      const known = [...pods.values()].flatMap((pod) => policyPod(pod) ?? []);
      const names = [...namespaces.values()].map((each) => [each.metadata.name ?? "", labelsOf(each)] as const);
      const all = [...known, ...dnsIps().map((ip): PolicyPod => ({ ...dnsPod, ips: [ip] }))];
      return podRules({ policies: [...policies.values()], pods: all, namespaces: new Map(names) }, node);
    },
  };
}

function labelsOf(object: Frozen<KubeObject> | undefined): Readonly<Record<string, string>> {
  return object?.metadata.labels ?? {};
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A pod as policies see it; undefined: it has no address of its own, or not any more. */
function policyPod({ metadata, spec, status }: Frozen<Pod>): PolicyPod | undefined {
  const { podIP, podIPs, phase } = status;
  if (!podIP || spec.hostNetwork || phase === "Succeeded" || phase === "Failed") return undefined;
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const ports = containers.flatMap(({ ports: each = [] }) =>
    each.flatMap(({ name, containerPort: port, protocol = "TCP" }) =>
      name === undefined ? [] : [{ name, port, protocol }],
    ),
  );
  return {
    namespace: metadata.namespace ?? "",
    labels: metadata.labels ?? {},
    node: spec.nodeName ?? "",
    ips: podIPs?.flatMap(({ ip }) => ip ?? []) ?? [podIP],
    ports,
  };
}
