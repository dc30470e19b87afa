import { deployment as kind } from "../../../actors/api/kinds/deployment.ts";
import { replicaSet } from "../../../actors/api/kinds/replica_set.ts";
import type { KubeObject } from "../../../actors/api/types.ts";
import { deployment as loop } from "../../../actors/controllers/loops/deployment.ts";
import type { ModelObject } from "../../suites/model/messages.ts";
import { type LoopPlay, loopAddress, type Move, type PlayView } from "./play.ts";

const labels = { app: "web" };
const templateOf = (image: string) => ({ metadata: { labels }, spec: { containers: [{ name: "main", image }] } });
const [replicas, surge] = [2, 1];
const [first, second] = ["web:1", "web:2"];

/** A Deployment that is rolled out, and back, one pod more at a time; its ReplicaSets have their pods in the end. */
export const deploymentPlay: LoopPlay = {
  loop,
  objects: [
    {
      kind,
      object: {
        ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "default" } },
        spec: {
          ...{ replicas, selector: { matchLabels: labels }, template: templateOf(first) },
          strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: surge, maxUnavailable: 0 } },
        },
      } as KubeObject,
    },
  ],

  work: (view) =>
    view.of("replicasets").flatMap((object): readonly Move[] => {
      const { generation: observedGeneration = 0 } = object.metadata as { readonly generation?: number };
      const { replicas: count = 0 } = (object.spec ?? {}) as { readonly replicas?: number };
      const told = object.status as { readonly observedGeneration?: number; readonly availableReplicas?: number };
      if (told.observedGeneration === observedGeneration) return [];
      const status = { observedGeneration, replicas: count, readyReplicas: count, availableReplicas: count };
      return [{ name: `fill ${object.metadata.uid}`, kind: replicaSet, object, patch: { status }, isStatus: true }];
    }),

  moves: (view) =>
    view.of("deployments").map((object): Move => {
      const image = imageOf(object) === first ? second : first;
      return { name: `set image ${image}`, kind, object, patch: { spec: { template: templateOf(image) } } };
    }),

  judge(view, isAtRest) {
    const sets = view.of("replicasets");
    const sizes = sets.map((each) => (each.spec as { readonly replicas: number }).replicas);
    const total = sizes.reduce((sum, each) => sum + each, 0);
    if (total > replicas + surge) return `Its ReplicaSets want ${total} pods, and ${replicas + surge} are allowed`;
    const images = sets.map(imageOf);
    if (new Set(images).size < images.length) return `There are two ReplicaSets of one template: ${images.join(", ")}`;
    return unavailable(view) ?? (isAtRest ? unsettled(view) : undefined);
  },
};

function imageOf({ spec }: ModelObject): string {
  const { template } = spec as { readonly template: ReturnType<typeof templateOf> };
  return template.spec.containers[0]?.image ?? "";
}

/** Once all pods were there, there are never fewer. */
function unavailable(view: PlayView): string | undefined {
  const had = new Map<string, number>();
  let wasWhole = false;
  for (const { object, previous, by } of view.changesOf("replicasets")) {
    if (previous && !object) had.delete(previous.metadata.uid);
    if (!object) continue;
    const { availableReplicas = 0 } = (object.status ?? {}) as { readonly availableReplicas?: number };
    had.set(object.metadata.uid, Math.min((object.spec as { readonly replicas: number }).replicas, availableReplicas));
    const available = [...had.values()].reduce((sum, each) => sum + each, 0);
    if (wasWhole && available < replicas && by === loopAddress)
      return `It leaves ${available} pods available, and ${replicas} must be`;
    wasWhole ||= available >= replicas;
  }
  return undefined;
}

function unsettled(view: PlayView): string | undefined {
  const [deployment] = view.of("deployments");
  if (!deployment) return undefined;
  const wanted = imageOf(deployment);
  for (const each of view.of("replicasets")) {
    const { replicas: count } = each.spec as { readonly replicas: number };
    const right = imageOf(each) === wanted ? replicas : 0;
    if (count !== right)
      return `Nothing happens any more, and the ReplicaSet of ${imageOf(each)} has ${count} pods, not ${right}`;
  }
  if (!view.of("replicasets").some((each) => imageOf(each) === wanted))
    return `Nothing happens any more, and no ReplicaSet is of ${wanted}`;
  const { updatedReplicas = 0, observedGeneration } = deployment.status as {
    updatedReplicas?: number;
    observedGeneration?: number;
  };
  const { generation } = deployment.metadata;
  if (updatedReplicas === replicas && observedGeneration === generation) return undefined;
  return `Nothing happens any more, and its status tells of ${updatedReplicas} pods, and generation ${observedGeneration} of ${generation}`;
}
