import { configMap } from "../../actors/api/kinds/config_map.ts";
import { cronJob } from "../../actors/api/kinds/cron_job.ts";
import { horizontalPodAutoscaler } from "../../actors/api/kinds/horizontal_pod_autoscaler.ts";
import { job } from "../../actors/api/kinds/job.ts";
import { limitRange } from "../../actors/api/kinds/limit_range.ts";
import { namespace } from "../../actors/api/kinds/namespace.ts";
import { pod } from "../../actors/api/kinds/pod.ts";
import { podDisruptionBudget } from "../../actors/api/kinds/pod_disruption_budget.ts";
import { priorityClass } from "../../actors/api/kinds/priority_class.ts";
import { replicationController } from "../../actors/api/kinds/replication_controller.ts";
import { resourceQuota } from "../../actors/api/kinds/resource_quota.ts";
import { serviceAccount } from "../../actors/api/kinds/service_account.ts";
import type { KubeObject, OwnerReference } from "../../actors/api/types.ts";
import type { ApiClient } from "../../actors/client/api_client.ts";
import type { Kind } from "../../actors/client/api_request.ts";
import type { Then } from "../../actors/client/outcome.ts";
import type { Step } from "../../runtime/mod.ts";
import type { ChoreCommand, ChoreKind } from "./command.ts";

const kinds: Readonly<Record<ChoreKind, Kind>> = {
  ConfigMap: configMap,
  CronJob: cronJob,
  HorizontalPodAutoscaler: horizontalPodAutoscaler,
  Job: job,
  LimitRange: limitRange,
  Namespace: namespace,
  Pod: pod,
  PodDisruptionBudget: podDisruptionBudget,
  PriorityClass: priorityClass,
  ReplicationController: replicationController,
  ResourceQuota: resourceQuota,
  ServiceAccount: serviceAccount,
};

/** What asks for a command on a chore, and who hears what came of it. */
export interface ChoreTask {
  readonly client: ApiClient;
  readonly command: ChoreCommand;
  readonly then: Then<unknown>;
}

/** Carries out what a user does with a chore. */
export function issueChore({ client, command, then }: ChoreTask, step: Step) {
  const { name } = command;
  const kind = kinds[command.kind];
  const target = { kind, name, ...(kind.namespaced ? { namespace: command.namespace } : {}) };
  switch (command.op) {
    case "make":
      return make({ client, command, then }, target, step);
    case "change":
      return client.patch(step, { ...target, patch: command.patch, contentType: "application/merge-patch+json" }, then);
    case "drop":
      return client.remove(step, { ...target, propagationPolicy: command.propagationPolicy }, then);
  }
}

type Making = ChoreTask & { readonly command: ChoreCommand & { readonly op: "make" } };

interface Target {
  readonly kind: Kind;
  readonly name: string;
  readonly namespace?: string;
}

/** Makes an object; what is owned is told the uids of its owners, which are looked up first. */
function make({ client, command, then }: Making, target: Target, step: Step) {
  const object = command.object as unknown as KubeObject;
  const { namespace } = command;
  const references: OwnerReference[] = [];
  function next(left: readonly string[], now: Step) {
    const [name, ...rest] = left;
    if (name === undefined) {
      const metadata = { ...object.metadata, ...(references.length > 0 ? { ownerReferences: references } : {}) };
      return client.create(now, { ...target, object: { ...object, metadata } }, then);
    }
    client.get<KubeObject>(now, { kind: configMap, namespace, name }, (found, later) => {
      if (!found.ok) return then(found, later);
      references.push({ apiVersion: "v1", kind: "ConfigMap", name, uid: found.value.metadata.uid ?? "" });
      next(rest, later);
    });
  }
  next(command.ownedBy ?? [], step);
}
