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

const core = { group: "", version: "v1" } as const;
const policy = { group: "policy", version: "v1" } as const;
const text = (value: object) => JSON.stringify(value);

/** What there is before clients begin: an account for pods, a namespace that has a quota, and a budget of disruptions. */
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
