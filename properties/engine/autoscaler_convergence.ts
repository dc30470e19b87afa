import type { HorizontalPodAutoscaler } from "../../actors/api/kinds/horizontal_pod_autoscaler.ts";
import type { ReplicationController } from "../../actors/api/kinds/replication_controller.ts";
import type { Frozen } from "../../actors/api/types.ts";
import { loadOf, playedMi } from "../workload/autoscalers.ts";
import type { World } from "./world.ts";

/** What is measured may be so much more, or less, than what is wanted. */
const tolerance = 0.1;
const stabilizationSecondsDefault = 300;

/** How long what was asked for before keeps an autoscaler from asking for less. */
export function steadySeconds({ spec }: Frozen<HorizontalPodAutoscaler>): number {
  return spec.behavior?.scaleDown?.stabilizationWindowSeconds ?? stabilizationSecondsDefault;
}

/** The ReplicationController that an autoscaler of a run scales. */
export function targetOf(world: World, { metadata, spec }: Frozen<HorizontalPodAutoscaler>) {
  const { name } = spec.scaleTargetRef;
  return world.get<ReplicationController>(`/registry/controllers/${metadata.namespace}/${name}`);
}

/** What keeps an autoscaler's target from being as large as its load asks for; undefined when nothing does. */
export function unconvergedAutoscaler(world: World, autoscaler: Frozen<HorizontalPodAutoscaler>): string | undefined {
  const target = targetOf(world, autoscaler);
  if (!target) return undefined;
  const { minReplicas = 1, maxReplicas } = autoscaler.spec;
  const replicas = target.spec.replicas ?? 1;
  if (replicas < minReplicas || replicas > maxReplicas)
    return `has ${replicas} pods, of ${minReplicas} to ${maxReplicas} that it may have`;
  // Where no load is written, each pod has its own, however many there are.
  const load = loadOf(autoscaler, world.simulation.uptimeMs()) ?? playedMi * replicas;
  const targetMi = Number.parseInt(autoscaler.spec.metrics?.[0]?.resource?.target.averageValue ?? "", 10);
  const wanted = Math.min(maxReplicas, Math.max(minReplicas, Math.ceil(load / targetMi)));
  const ratio = load / targetMi / replicas;
  const isTooFew = ratio > 1 + tolerance && replicas < wanted;
  const isTooMany = ratio < 1 - tolerance && replicas > wanted && steadySeconds(autoscaler) === 0;
  if (isTooFew || isTooMany) return `has ${replicas} pods, its load asks for ${wanted}`;
  const { currentReplicas, desiredReplicas } = autoscaler.status ?? {};
  const isTold = currentReplicas === replicas && desiredReplicas === replicas;
  return isTold
    ? undefined
    : `says that it has ${currentReplicas} pods and wants ${desiredReplicas}, it has ${replicas}`;
}
