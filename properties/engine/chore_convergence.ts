import type { HorizontalPodAutoscaler } from "../../actors/api/kinds/horizontal_pod_autoscaler.ts";
import type { Job } from "../../actors/api/kinds/job.ts";
import type { ReplicationController } from "../../actors/api/kinds/replication_controller.ts";
import { getControllerOf } from "../../actors/api/owner_references.ts";
import type { Frozen, Pod } from "../../actors/api/types.ts";
import { type ChoreKind, type WantedChore, wantedChoresAfter } from "../workload/command.ts";
import { failingImage } from "../workload/manifests.ts";
import { unconvergedAutoscaler } from "./autoscaler_convergence.ts";
import { unconvergedHeir } from "./heir_convergence.ts";
import type { World } from "./world.ts";

const folders: Readonly<Record<ChoreKind, string>> = {
  ConfigMap: "configmaps",
  CronJob: "cronjobs",
  HorizontalPodAutoscaler: "horizontalpodautoscalers",
  Job: "jobs",
  LimitRange: "limitranges",
  Namespace: "namespaces",
  Pod: "pods",
  PodDisruptionBudget: "poddisruptionbudgets",
  PriorityClass: "priorityclasses",
  ReplicationController: "controllers",
  ResourceQuota: "resourcequotas",
  ServiceAccount: "serviceaccounts",
};

/** What keeps the chores from being as their user wants them: made and done, or gone; undefined when nothing does. */
export function unconvergedChore(world: World): string | undefined {
  for (const wanted of wantedChoresAfter(world.definition.workload)) {
    const wrong = wrongWith(world, wanted);
    if (wrong) return `${wanted.kind} ${wanted.namespace}/${wanted.name} ${wrong}`;
  }
  return unconvergedHeir(world);
}

function wrongWith(world: World, { kind, namespace, name, isThere, object }: WantedChore): string | undefined {
  const place = namespace === "" ? name : `${namespace}/${name}`;
  const found = world.get(`/registry/${folders[kind]}/${place}`);
  // Whoever takes it in may give it up.
  if (isThere && kind === "Pod") return undefined;
  // Whoever lets it stay may come too late.
  if (isThere && isWithdrawn(world, name)) return found && wrongJob(found as unknown as Frozen<Job>);
  if (!isThere || isOfBriefLife(object)) return found && "is still there";
  if (!found) return "is not there";
  if (kind === "HorizontalPodAutoscaler")
    return unconvergedAutoscaler(world, found as unknown as Frozen<HorizontalPodAutoscaler>);
  if (kind === "Job") return wrongJob(found as unknown as Frozen<Job>);
  if (kind !== "ReplicationController") return undefined;
  const { spec, status } = found as unknown as Frozen<ReplicationController>;
  const { replicas = 0, readyReplicas = 0 } = status ?? {};
  return [replicas, readyReplicas].every((each) => each === (spec.replicas ?? 1))
    ? undefined
    : `has ${replicas} pods, ${readyReplicas} ready, where ${spec.replicas} were asked for`;
}

function wrongJob({ spec, status }: Frozen<Job>): string | undefined {
  const is = (type: string) => status?.conditions?.some((each) => each.type === type && each.status === "True");
  const isToFail = spec.template.spec?.containers[0]?.image === failingImage;
  const isComplete = is("Complete") && status?.succeeded === (spec.completions ?? 1);
  // What may take only so long may have ended by itself before.
  const isOver = isComplete || (spec.activeDeadlineSeconds !== undefined && is("Failed"));
  // One that is paused for good is at rest.
  const isPaused = spec.suspend === true && is("Suspended");
  const isDone = isPaused || (isToFail ? is("Failed") : isOver);
  return isDone && (status?.active ?? 0) === 0 ? undefined : `says ${JSON.stringify(status)}`;
}

/** Whether it goes by itself when it has ended. */
function isOfBriefLife(object: Readonly<Record<string, unknown>> | undefined): boolean {
  return (object?.spec as Frozen<Job>["spec"] | undefined)?.ttlSecondsAfterFinished !== undefined;
}

/** Whether a Job that was to go by itself was told to stay. */
function isWithdrawn({ definition }: World, name: string): boolean {
  return definition.workload.some((each) => {
    const { spec } = (each.op === "change" && each.name === name ? each.patch : {}) as { readonly spec?: object };
    return spec !== undefined && "ttlSecondsAfterFinished" in spec && spec.ttlSecondsAfterFinished === null;
  });
}

/** How many pods each ReplicationController should have, by uid. */
export function podsOfControllers(world: World): ReadonlyMap<string, number> {
  const all = world.list<ReplicationController>("/registry/controllers/");
  return new Map(all.map(({ metadata, spec }) => [metadata.uid ?? "", spec.replicas ?? 1] as const));
}

/** Whether a pod is there although nobody keeps it: a Job's that is over, or one whose owner was deleted without it. */
export function isLeft(world: World, pod: Frozen<Pod>): boolean {
  const { workload } = world.definition;
  const owner = getControllerOf(pod);
  if (owner?.kind === "Job") return pod.status.phase === "Succeeded" || pod.status.phase === "Failed";
  const isOrphan = owner === undefined && pod.metadata.labels?.app === "crew";
  return isOrphan && workload.some((each) => each.op === "drop" && each.propagationPolicy === "Orphan");
}
