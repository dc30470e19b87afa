import type {
  LimitedPriorityLevelConfiguration,
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
  Subject,
} from "kubernetes-types/flowcontrol/v1.js";
import type { FlowSchema } from "../../api/kinds/flow_schema.ts";
import type { PriorityLevelConfiguration } from "../../api/kinds/priority_level_configuration.ts";

const apiVersion = "flowcontrol.apiserver.k8s.io/v1";

function metadataOf(name: string) {
  return { name, annotations: { "apf.kubernetes.io/autoupdate-spec": "true" }, generation: 1 };
}

/** How a level queues: so many queues, of which each flow has so many. */
type Queues = readonly [queues: number, handSize: number];
const queueLengthLimit = 50;

interface Level {
  readonly shares: number;
  readonly lendable?: number;
  /** Default: what does not fit at once is refused. */
  readonly queues?: Queues;
}

function level(name: string, { shares, lendable = 0, queues }: Level): PriorityLevelConfiguration {
  const [count = 0, handSize = 0] = queues ?? [];
  const limited: LimitedPriorityLevelConfiguration = {
    nominalConcurrencyShares: shares,
    limitResponse: queues
      ? { type: "Queue", queuing: { queues: count, handSize, queueLengthLimit } }
      : { type: "Reject" },
    lendablePercent: lendable,
  };
  return {
    ...{ apiVersion, kind: "PriorityLevelConfiguration", metadata: metadataOf(name) },
    spec: { type: "Limited", limited },
    status: {},
  };
}

const exemptLevel: PriorityLevelConfiguration = {
  ...{ apiVersion, kind: "PriorityLevelConfiguration", metadata: metadataOf("exempt") },
  spec: { type: "Exempt", exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
  status: {},
};

/** The levels that every cluster has; the first and the last are there whatever anybody does. */
export const defaultLevels: readonly PriorityLevelConfiguration[] = [
  exemptLevel,
  level("system", { shares: 30, lendable: 33, queues: [64, 6] }),
  level("node-high", { shares: 40, lendable: 25, queues: [64, 6] }),
  level("leader-election", { shares: 10, queues: [16, 4] }),
  level("workload-high", { shares: 40, lendable: 50, queues: [128, 6] }),
  level("workload-low", { shares: 100, lendable: 90, queues: [128, 6] }),
  level("global-default", { shares: 20, lendable: 50, queues: [128, 6] }),
  level("catch-all", { shares: 5 }),
];

const groups = (...names: string[]): Subject[] => names.map((name) => ({ kind: "Group", group: { name } }));
const users = (...names: string[]): Subject[] => names.map((name) => ({ kind: "User", user: { name } }));
const accounts = (...names: string[]): Subject[] =>
  names.map((name) => ({ kind: "ServiceAccount", serviceAccount: { name, namespace: "kube-system" } }));
const everybody = groups("system:unauthenticated", "system:authenticated");

const anyResource: ResourcePolicyRule = {
  ...{ verbs: ["*"], apiGroups: ["*"], resources: ["*"], clusterScope: true, namespaces: ["*"] },
};

/** Whatever these do. */
function all(subjects: Subject[]): PolicyRulesWithSubjects {
  return { subjects, resourceRules: [anyResource], nonResourceRules: [{ verbs: ["*"], nonResourceURLs: ["*"] }] };
}

/** What these do to one resource. */
function only(subjects: Subject[], ...resourceRules: ResourcePolicyRule[]): PolicyRulesWithSubjects {
  return { subjects, resourceRules };
}

const lead = { verbs: ["get", "create", "update"], apiGroups: ["coordination.k8s.io"], resources: ["leases"] };
const leases: ResourcePolicyRule = { ...lead, namespaces: ["*"] };
const endpoints: ResourcePolicyRule = { ...lead, apiGroups: [""], resources: ["endpoints"], namespaces: ["*"] };

interface Schema {
  readonly level: string;
  readonly precedence: number;
  readonly by?: "ByUser" | "ByNamespace";
  readonly rule: PolicyRulesWithSubjects;
}

function schema(name: string, { level: of, precedence, by, rule }: Schema): FlowSchema {
  const message = `This FlowSchema references the PriorityLevelConfiguration object named "${of}" and it exists`;
  const found = { type: "Dangling", status: "False", lastTransitionTime: "{time}", reason: "Found", message };
  return {
    ...{ apiVersion, kind: "FlowSchema", metadata: metadataOf(name) },
    spec: {
      priorityLevelConfiguration: { name: of },
      matchingPrecedence: precedence,
      ...(by ? { distinguisherMethod: { type: by } } : {}),
      rules: [rule],
    },
    status: { conditions: [found] },
  };
}

const probes: PolicyRulesWithSubjects = {
  subjects: everybody,
  nonResourceRules: [{ verbs: ["get"], nonResourceURLs: ["/healthz", "/readyz", "/livez"] }],
};
const nodes: ResourcePolicyRule = {
  ...{ verbs: ["*"], apiGroups: [""], resources: ["nodes", "nodes/status"], clusterScope: true, namespaces: ["*"] },
};
const nodeLeases: ResourcePolicyRule = {
  ...{ verbs: ["*"], apiGroups: ["coordination.k8s.io"], resources: ["leases"], namespaces: ["kube-node-lease"] },
};
const [manager, scheduler] = ["system:kube-controller-manager", "system:kube-scheduler"];
const mirrors = accounts("endpoint-controller", "endpointslicemirroring-controller");

/**
 * The schemas that every cluster has; the first and the last are there whatever anybody does.
 *
 * @see https://kubernetes.io/docs/concepts/cluster-administration/flow-control/#defaults
 */
export const defaultSchemas: readonly FlowSchema[] = [
  schema("exempt", { level: "exempt", precedence: 1, rule: all(groups("system:masters")) }),
  schema("probes", { level: "exempt", precedence: 2, rule: probes }),
  schema("system-leader-election", {
    ...{ level: "leader-election", precedence: 100, by: "ByUser" },
    rule: only([...users(manager, scheduler), ...accounts("*")], leases),
  }),
  schema("endpoint-controller", {
    ...{ level: "workload-high", precedence: 150, by: "ByUser" },
    rule: only([...users(manager), ...mirrors], endpoints),
  }),
  schema("workload-leader-election", {
    ...{ level: "leader-election", precedence: 200, by: "ByUser" },
    rule: only(accounts("*"), leases),
  }),
  schema("system-node-high", {
    ...{ level: "node-high", precedence: 400, by: "ByUser" },
    rule: only(groups("system:nodes"), nodes, nodeLeases),
  }),
  schema("system-nodes", { level: "system", precedence: 500, by: "ByUser", rule: all(groups("system:nodes")) }),
  schema("kube-controller-manager", {
    ...{ level: "workload-high", precedence: 800, by: "ByNamespace", rule: all(users(manager)) },
  }),
  schema("kube-scheduler", {
    ...{ level: "workload-high", precedence: 800, by: "ByNamespace", rule: all(users(scheduler)) },
  }),
  schema("kube-system-service-accounts", {
    ...{ level: "workload-high", precedence: 900, by: "ByNamespace", rule: all(accounts("*")) },
  }),
  schema("service-accounts", {
    ...{ level: "workload-low", precedence: 9_000, by: "ByUser", rule: all(groups("system:serviceaccounts")) },
  }),
  schema("global-default", { level: "global-default", precedence: 9_900, by: "ByUser", rule: all(everybody) }),
  schema("catch-all", { level: "catch-all", precedence: 10_000, by: "ByUser", rule: all(everybody) }),
];
