import type { Authorizer, ResourceAttributes } from "./_authorizer.ts";

/** What a rule allows to whom; `"*"` stands for all. */
interface AuthorizationRule {
  /** Names of users, or of groups with `group:` before them. */
  readonly subjects: readonly string[];
  readonly verbs: readonly string[];
  readonly groups: readonly string[];
  /** Plurals, with a slash and the subresource where one is meant: `pods/status`. */
  readonly resources: readonly string[];
}

const reads = ["get", "list", "watch"];
const writes = ["create", "update", "patch", "delete"];

const rules: readonly AuthorizationRule[] = [
  // Everybody who is known may ask what they may do.
  {
    subjects: ["group:system:authenticated"],
    verbs: ["create"],
    groups: ["authorization.k8s.io"],
    resources: ["selfsubjectaccessreviews"],
  },
  {
    subjects: ["group:system:authenticated"],
    verbs: ["create"],
    groups: ["authentication.k8s.io"],
    resources: ["selfsubjectreviews"],
  },
  // A kubelet has tokens made for the pods that it runs.
  { subjects: ["group:system:nodes"], verbs: ["create"], groups: [""], resources: ["serviceaccounts/token"] },
  {
    subjects: ["group:system:nodes"],
    verbs: ["create"],
    groups: ["authentication.k8s.io"],
    resources: ["tokenreviews"],
  },
  // Controllers act on what people wrote, of whatever kind.
  {
    subjects: [
      "system:kube-controller-manager",
      "system:cloud-controller-manager",
      "group:system:serviceaccounts:kube-system",
    ],
    verbs: ["*"],
    groups: ["*"],
    resources: ["*"],
  },
  { subjects: ["system:kube-scheduler"], verbs: reads, groups: ["*"], resources: ["*"] },
  {
    subjects: ["system:kube-scheduler"],
    verbs: writes,
    groups: ["", "events.k8s.io", "coordination.k8s.io"],
    resources: [
      "pods",
      "pods/binding",
      "pods/status",
      "persistentvolumes",
      "persistentvolumeclaims",
      "events",
      "leases",
      "bindings",
    ],
  },
  { subjects: ["group:system:nodes"], verbs: reads, groups: ["*"], resources: ["*"] },
  {
    subjects: ["group:system:nodes"],
    verbs: writes,
    groups: ["", "events.k8s.io", "coordination.k8s.io"],
    resources: ["nodes", "nodes/status", "pods", "pods/status", "events", "leases"],
  },
  {
    subjects: ["system:kube-proxy"],
    verbs: reads,
    groups: ["", "discovery.k8s.io"],
    resources: ["services", "endpoints", "endpointslices", "nodes"],
  },
  { subjects: ["system:kube-proxy"], verbs: writes, groups: ["", "events.k8s.io"], resources: ["events"] },
];

/**
 * To get these is to act in a container. No component does, so what a rule says of everything is not said of them; on a
 * real cluster the components' roles name one by one what they read.
 */
const inContainers: ReadonlySet<string> = new Set(["pods/exec", "pods/attach", "pods/portforward"]);

function means(list: readonly string[], value: string): boolean {
  return list.includes("*") || list.includes(value);
}

function allows(rule: AuthorizationRule, { user, verb, group, resource }: ResourceAttributes): boolean {
  if (!means(rule.verbs, verb) || !means(rule.groups, group)) return false;
  if (!rule.resources.includes(resource) && (!means(rule.resources, resource) || inContainers.has(resource)))
    return false;
  return rule.subjects.some((subject) =>
    subject.startsWith("group:") ? user.groups.includes(subject.slice(6)) : subject === user.name,
  );
}

/** What the components of a cluster may do, in the spirit of Kubernetes' bootstrap roles. */
export const componentRules: Authorizer = {
  name: "ComponentRules",
  place: 20,
  onResource: (attributes) => (rules.some((rule) => allows(rule, attributes)) ? "allow" : "no opinion"),
};
