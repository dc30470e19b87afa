import type { ApiRequest } from "../../../actors/apiserver/messages.ts";
import { countedMax, evictionsMax, folders } from "./folders.ts";

const { namespace } = folders.pods;
const limited = folders.counted.namespace;

const quota = {
  apiVersion: "v1",
  kind: "ResourceQuota",
  metadata: { name: "few", namespace: limited },
  spec: { hard: { "count/configmaps": String(countedMax) } },
};

const budget = {
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  metadata: { name: "careful", namespace },
  spec: { minAvailable: 1, selector: {} },
};

const budgetStatus = {
  observedGeneration: 1,
  disruptionsAllowed: evictionsMax,
  currentHealthy: 3,
  desiredHealthy: 1,
  expectedPods: 3,
};

const { group, resource: plural, kind } = folders.widgets;
const anything = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${plural}.${group}` },
  spec: {
    ...{ group, scope: "Namespaced", names: { plural, singular: "widget", kind, listKind: `${kind}List` } },
    versions: [
      {
        ...{ name: "v1", served: true, storage: true, subresources: { status: {} } },
        schema: { openAPIV3Schema: { type: "object", properties: { spec: anything, status: anything } } },
      },
    ],
  },
};

/** Who may only look at maps. */
export const guest = { name: "guest", groups: ["system:authenticated"] };
const rbac = "rbac.authorization.k8s.io";

/** What one who is bound to it may look at. */
export const guestRole = {
  ...{ apiVersion: `${rbac}/v1`, kind: "Role", metadata: { name: "looker", namespace } },
  rules: [{ apiGroups: [""], resources: [folders.maps.resource], verbs: ["get", "list", "watch"] }],
};

/** Binds the guest to it. */
export const guestBinding = {
  ...{ apiVersion: `${rbac}/v1`, kind: "RoleBinding", metadata: { name: "guest", namespace } },
  roleRef: { apiGroup: rbac, kind: "Role", name: "looker" },
  subjects: [{ apiGroup: rbac, kind: "User", name: guest.name }],
};

const core = { group: "", version: "v1" } as const;
const policy = { group: "policy", version: "v1" } as const;
const text = (value: object) => JSON.stringify(value);

/**
 * What there is before clients begin: an account for pods, a namespace that has a quota, a budget of disruptions, the
 * definition of what no server knows by itself, and what a guest may do.
 */
export const firstRequests: readonly Omit<ApiRequest, "type">[] = [
  {
    ...{ ...core, verb: "create", resource: "serviceaccounts", namespace },
    body: text({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace } }),
  },
  {
    ...{ ...core, verb: "create", resource: "namespaces" },
    body: text({ apiVersion: "v1", kind: "Namespace", metadata: { name: limited } }),
  },
  { ...{ ...core, verb: "create", resource: "resourcequotas", namespace: limited }, body: text(quota) },
  {
    ...{ ...core, verb: "update", resource: "resourcequotas", namespace: limited, name: "few", subresource: "status" },
    body: text({ ...quota, status: { hard: quota.spec.hard, used: { "count/configmaps": "0" } } }),
  },
  {
    ...{ group: "apiextensions.k8s.io", version: "v1", verb: "create", resource: "customresourcedefinitions" },
    body: text(definition),
  },
  { ...{ group: rbac, version: "v1", verb: "create", resource: "roles", namespace }, body: text(guestRole) },
  { ...{ group: rbac, version: "v1", verb: "create", resource: "rolebindings", namespace }, body: text(guestBinding) },
  { ...{ ...policy, verb: "create", resource: "poddisruptionbudgets", namespace }, body: text(budget) },
  {
    ...{
      ...policy,
      verb: "patch",
      resource: "poddisruptionbudgets",
      namespace,
      name: "careful",
      subresource: "status",
    },
    contentType: "application/merge-patch+json",
    body: text({ status: budgetStatus }),
  },
];
