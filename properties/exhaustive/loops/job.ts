import { job as kind } from "../../../actors/api/kinds/job.ts";
import { pod } from "../../../actors/api/kinds/pod.ts";
import type { KubeObject } from "../../../actors/api/types.ts";
import { trackingFinalizer } from "../../../actors/controllers/loops/job/job_pods.ts";
import { job as loop } from "../../../actors/controllers/loops/job.ts";
import type { ModelObject } from "../../suites/model/messages.ts";
import { isActive, type LoopPlay, type Move, type PlayView } from "./play.ts";

const labels = { app: "web" };
const template = {
  metadata: { labels },
  spec: { restartPolicy: "Never", containers: [{ name: "main", image: "work:1" }] },
};
const [completions, backoffLimit] = [2, 1];

/** A Job whose pods succeed, fail and are deleted, one at a time. */
export const jobPlay: LoopPlay = {
  loop,
  objects: [
    {
      kind,
      object: {
        ...{ apiVersion: "batch/v1", kind: "Job", metadata: { name: "web", namespace: "default" } },
        spec: {
          completions,
          parallelism: 1,
          backoffLimit,
          manualSelector: true,
          selector: { matchLabels: labels },
          template,
        },
      } as KubeObject,
    },
  ],

  moves(view) {
    return view
      .of("pods")
      .filter(isActive)
      .flatMap((object): readonly Move[] => {
        const { uid } = object.metadata;
        const ends = (phase: string) => ({ kind: pod, object, patch: { status: { phase } }, isStatus: true });
        return [
          { name: `succeed ${uid}`, ...ends("Succeeded") },
          { name: `fail ${uid}`, ...ends("Failed") },
          { name: `delete ${uid}`, kind: pod, object },
        ];
      });
  },

  judge(view, isAtRest) {
    const active = view.of("pods").filter(isActive).length;
    if (active > 1) return `There are ${active} active pods of a Job that runs one at a time`;
    const status = statusOf(view);
    const ended = endsOf(view);
    const { uncountedTerminatedPods: { succeeded = [], failed = [] } = {} } = status;
    const told = { succeeded: status.succeeded + succeeded.length, failed: status.failed + failed.length };
    if (told.succeeded > ended.succeeded)
      return `It counts ${told.succeeded} pods that succeeded, and there were ${ended.succeeded}`;
    if (told.failed > ended.failed) return `It counts ${told.failed} pods that failed, and there were ${ended.failed}`;
    return isAtRest ? unsettled(view, { active, ended }) : undefined;
  },
};

interface Ends {
  readonly succeeded: number;
  readonly failed: number;
}

interface JobStatus extends Ends {
  readonly uncountedTerminatedPods?: { readonly succeeded?: readonly string[]; readonly failed?: readonly string[] };
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

function statusOf(view: PlayView): JobStatus {
  const [job] = view.of("jobs");
  return { succeeded: 0, failed: 0, ...(job?.status as Partial<JobStatus> | undefined) };
}

/** How many pods have ended in each way; whoever is deleted before has failed. */
function endsOf(view: PlayView): Ends {
  const ends = new Map<string, "succeeded" | "failed">();
  for (const { object } of view.changesOf("pods")) {
    if (object && !isActive(object)) {
      const { uid } = object.metadata;
      ends.set(uid, object.status?.phase === "Succeeded" ? "succeeded" : (ends.get(uid) ?? "failed"));
    }
  }
  const all = [...ends.values()];
  return {
    succeeded: all.filter((each) => each === "succeeded").length,
    failed: all.filter((each) => each === "failed").length,
  };
}

function unsettled(
  view: PlayView,
  { active, ended }: { readonly active: number; readonly ended: Ends },
): string | undefined {
  const { conditions = [], succeeded, failed } = statusOf(view);
  const is = (type: string) => conditions.some((each) => each.type === type && each.status === "True");
  const kept = view.of("pods").find((each) => !isActive(each) && isKept(each));
  if (kept) return `Nothing happens any more, and pod ${kept.metadata.uid}, which has ended, keeps its finalizer`;
  const hasEnded = is("Complete") || is("Failed");
  const shouldEnd = ended.succeeded >= completions || ended.failed > backoffLimit;
  if (hasEnded !== shouldEnd)
    return `Nothing happens any more, and the Job has ${hasEnded ? "" : "not "}ended: ${ended.succeeded} pods have succeeded, ${ended.failed} failed`;
  if (succeeded !== ended.succeeded || failed !== ended.failed)
    return `Nothing happens any more, and it counts ${succeeded} and ${failed} pods where ${ended.succeeded} succeeded and ${ended.failed} failed`;
  const wanted = hasEnded ? 0 : 1;
  return active === wanted
    ? undefined
    : `Nothing happens any more, with ${active} active pods where ${wanted} are wanted`;
}

function isKept({ metadata }: ModelObject): boolean {
  return metadata.finalizers?.includes(trackingFinalizer) === true;
}
