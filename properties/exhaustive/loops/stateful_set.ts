import { pod } from "../../../actors/api/kinds/pod.ts";
import { statefulSet as kind } from "../../../actors/api/kinds/stateful_set.ts";
import type { KubeObject } from "../../../actors/api/types.ts";
import { statefulSet as loop } from "../../../actors/controllers/loops/stateful_set.ts";
import type { ModelObject } from "../../suites/model/messages.ts";
import { isActive, type LoopPlay, loopAddress, type Move, type PlayView } from "./play.ts";

const labels = { app: "web" };
const templateOf = (image: string) => ({ metadata: { labels }, spec: { containers: [{ name: "main", image }] } });
const [fewer, more] = [1, 2];
const [first, second] = ["web:1", "web:2"];

/** A StatefulSet whose number and image change, while its pods are deleted; each pod that is made runs and is ready in the end. */
export const statefulSetPlay: LoopPlay = {
  loop,
  objects: [
    {
      kind,
      object: {
        ...{ apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "web", namespace: "default" } },
        spec: {
          ...{ replicas: more, selector: { matchLabels: labels }, template: templateOf(first), serviceName: "web" },
          podManagementPolicy: "OrderedReady",
          updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
        },
      } as KubeObject,
    },
  ],

  work: (view) =>
    view
      .of("pods")
      .filter((each) => isActive(each) && !isReady(each))
      .map((object): Move => {
        const runs = object.status?.phase === "Running";
        const status = runs ? { conditions: [{ type: "Ready", status: "True" }] } : { phase: "Running" };
        const name = `${runs ? "ready" : "start"} ${object.metadata.uid}`;
        return { name, kind: pod, object, patch: { status }, isStatus: true };
      }),

  moves(view) {
    const sets = view.of("statefulsets").flatMap((object): readonly Move[] => {
      const replicas = replicasOf(object) === more ? fewer : more;
      const image = imageOf(object) === first ? second : first;
      return [
        { name: `scale to ${replicas}`, kind, object, patch: { spec: { replicas } } },
        { name: `set image ${image}`, kind, object, patch: { spec: { template: templateOf(image) } } },
      ];
    });
    const pods = view.of("pods").filter(isActive);
    return [...sets, ...pods.map((object): Move => ({ name: `delete ${object.metadata.uid}`, kind: pod, object }))];
  },

  judge: (view, isAtRest) => outOfTurn(view) ?? (isAtRest ? unsettled(view) : undefined),
};

function replicasOf({ spec }: ModelObject): number {
  return (spec as { readonly replicas?: number } | undefined)?.replicas ?? 0;
}

/** Of a set the image of its template, of a pod its own. */
function imageOf({ spec }: ModelObject): string {
  type Containers = { readonly containers?: readonly { readonly image: string }[] };
  const { template, containers } = spec as Containers & { readonly template?: { readonly spec: Containers } };
  return (template?.spec.containers ?? containers)?.[0]?.image ?? "";
}

function isReady({ status }: ModelObject): boolean {
  const { conditions = [] } = (status ?? {}) as { readonly conditions?: readonly { type: string; status: string }[] };
  return conditions.some(({ type, status: is }) => type === "Ready" && is === "True");
}

const upTo = (length: number) => Array.from({ length }, (_each, index) => index);
const numberOf = ({ metadata }: ModelObject) => Number(metadata.name.slice("web-".length));

/** Pods begin when those before them have been ready, and are taken away from the last one on. */
function outOfTurn(view: PlayView): string | undefined {
  const here = new Map<number, ModelObject>();
  const readyAs = new Map<number, readonly string[]>();
  // So many there were to be all the time, whatever the loop has heard of that.
  const least = Math.min(...view.changesOf("statefulsets").map(({ object }) => (object ? replicasOf(object) : 0)));
  for (const { object, previous, by } of view.changesOf("pods")) {
    const subject = object ?? previous;
    if (!subject) continue;
    const number = numberOf(subject);
    const isByLoop = by === loopAddress;
    if (object && !previous && isByLoop) {
      const missed = upTo(number).find((each) => !readyAs.has(each));
      if (missed !== undefined) return `It makes pod ${number} before pod ${missed} has ever been ready`;
    }
    const isTaken = isByLoop && previous && isActive(previous) && !(object && isActive(object));
    const image = imageOf(subject);
    // What is replaced makes room for another image, with which those after it have been ready by then.
    const isBehind = (each: number) => each > number && !readyAs.get(each)?.some((of) => of !== image);
    const later = upTo(least).find(isBehind) ?? [...here.keys()].find(isBehind);
    if (isTaken && later !== undefined)
      return `It takes pod ${number} away before pod ${later}, which has not been ready with another image`;
    if (object && isReady(object)) readyAs.set(number, [...(readyAs.get(number) ?? []), image]);
    if (object) here.set(number, object);
    else here.delete(number);
  }
  return undefined;
}

function unsettled(view: PlayView): string | undefined {
  const [set] = view.of("statefulsets");
  if (!set) return undefined;
  const [replicas, wanted] = [replicasOf(set), imageOf(set)];
  const pods = view.of("pods");
  const numbers = pods.map(numberOf).sort();
  const all = upTo(replicas);
  if (numbers.join() !== all.join())
    return `Nothing happens any more, with the pods ${numbers.join(", ")} where ${all.join(", ")} are wanted`;
  const other = pods.find((each) => imageOf(each) !== wanted);
  if (other) return `Nothing happens any more, and pod ${numberOf(other)} is of ${imageOf(other)}, not of ${wanted}`;
  const {
    readyReplicas = 0,
    updatedReplicas,
    currentReplicas,
    observedGeneration,
  } = set.status as {
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly currentReplicas?: number;
    readonly observedGeneration?: number;
  };
  const { generation } = set.metadata;
  if (
    readyReplicas === replicas &&
    (updatedReplicas ?? currentReplicas) === replicas &&
    observedGeneration === generation
  )
    return undefined;
  return `Nothing happens any more, and its status tells of ${readyReplicas} ready pods, and generation ${observedGeneration} of ${generation}`;
}
