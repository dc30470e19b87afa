import type { APIService } from "../../api/kinds/api_service.ts";
import type { GroupVersion } from "../../api/registry.ts";
import type { Condition } from "../../api/types.ts";
import type { Served } from "../served.ts";

/** Which of several groups that have a resource of one name comes first, and of a group which version; Kubernetes' own. */
type Priorities = readonly [group: number, version: number];

const priorities: Readonly<Record<string, Priorities>> = {
  v1: [18_000, 1],
  "apps/v1": [17_800, 15],
  "events.k8s.io/v1": [17_750, 15],
  "authentication.k8s.io/v1": [17_700, 15],
  "authorization.k8s.io/v1": [17_600, 15],
  "autoscaling/v1": [17_500, 15],
  "autoscaling/v2": [17_500, 30],
  "batch/v1": [17_400, 15],
  "certificates.k8s.io/v1": [17_300, 15],
  "certificates.k8s.io/v1beta1": [17_300, 9],
  "networking.k8s.io/v1": [17_200, 15],
  "policy/v1": [17_100, 15],
  "rbac.authorization.k8s.io/v1": [17_000, 15],
  "storage.k8s.io/v1": [16_800, 15],
  "apiextensions.k8s.io/v1": [16_700, 15],
  "admissionregistration.k8s.io/v1": [16_700, 15],
  "admissionregistration.k8s.io/v1beta1": [16_700, 12],
  "scheduling.k8s.io/v1": [16_600, 15],
  "coordination.k8s.io/v1": [16_500, 15],
  "node.k8s.io/v1": [16_300, 15],
  "discovery.k8s.io/v1": [16_200, 15],
  "flowcontrol.apiserver.k8s.io/v1": [16_100, 21],
  "resource.k8s.io/v1": [15_900, 20],
};
const prioritiesOfOthers: Priorities = [100, 100];
const prioritiesOfDefinitions: Priorities = [1_000, 100];

/** The label that tells what the server itself keeps: as long as the definition is there, or from its start. */
export const managedLabel = "kube-aggregator.kubernetes.io/automanaged";

/** How an APIService is named. */
export function nameOfService({ group, version }: Pick<GroupVersion, "group" | "version">): string {
  return `${version}.${group}`;
}

/** What a server serves itself, whatever definitions there are. */
export function localServices(served: Served, time: string): readonly APIService[] {
  return served.all.groupVersions
    .filter(({ group }) => group !== "apiregistration.k8s.io")
    .map((each) => {
      const own = priorities[each.groupVersion] ?? prioritiesOfOthers;
      return localService(each, { own, managed: "onstart", time });
    });
}

/** What is served because of a definition of custom resources. */
export function serviceOfDefinition(each: Pick<GroupVersion, "group" | "version">, time: string): APIService {
  return localService(each, { own: prioritiesOfDefinitions, managed: "true", time });
}

/** How what a server serves itself is. */
export function available(time: string): Condition {
  return {
    ...{ type: "Available", status: "True", lastTransitionTime: time },
    ...{ reason: "Local", message: "Local APIServices are always available" },
  };
}

interface Local {
  readonly own: Priorities;
  readonly managed: "onstart" | "true";
  readonly time: string;
}

function localService(
  { group, version }: Pick<GroupVersion, "group" | "version">,
  { own: [groupPriorityMinimum, versionPriority], managed, time }: Local,
): APIService {
  return {
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    metadata: { name: nameOfService({ group, version }), labels: { [managedLabel]: managed } },
    spec: { ...(group === "" ? {} : { group }), version, groupPriorityMinimum, versionPriority },
    status: { conditions: [available(time)] },
  };
}
