/** What a rule allows to whom; `"*"` stands for all. */
export interface AuthorizationRule {
  /** Names of users, or of groups with `group:` before them. */
  readonly subjects: readonly string[];
  readonly verbs: readonly string[];
  readonly groups: readonly string[];
  /** Plurals, with a slash and the subresource where one is meant: `pods/status`. */
  readonly resources: readonly string[];
}

const reads = ["get", "list", "watch"];
const writes = ["create", "update", "patch", "delete"];

/**
 * What the components of a cluster may do, in the spirit of Kubernetes' bootstrap roles. Who is in `system:masters` may
 * do everything and needs no rule.
 */
export const componentRules: readonly AuthorizationRule[] = [
  // Everybody who is known may ask what they may do.
  {
    subjects: ["group:system:authenticated"],
    verbs: ["create"],
    groups: ["authorization.k8s.io"],
    resources: ["selfsubjectaccessreviews"],
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
    resources: ["pods", "pods/binding", "pods/status", "events", "leases", "bindings"],
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
