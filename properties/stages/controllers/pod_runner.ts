import { pod as podKind } from "../../../actors/api/kinds/pod.ts";
import { isPodReady, isPodTerminated } from "../../../actors/api/pod.ts";
import { formatTime } from "../../../actors/api/time.ts";
import { type Frozen, keyOf, type Pod } from "../../../actors/api/types.ts";
import { defineLoop, watch } from "../../../actors/controllers/loop.ts";
import { indexAnnotation } from "../../../actors/controllers/loops/job/job_pods.ts";
import { defineController } from "../../../actors/controllers/machine.ts";
import { type Action, nothingToDo } from "../../../actors/controllers/plan.ts";

/** The annotation on a pod's template that keeps its pods from becoming ready. */
export const neverReady = "test/never-ready";

/** The annotation on a Job's template with the exit codes of its pods: by their index; the last one for all others. */
export const exitCodes = "test/exit-codes";

function exitOf({ metadata }: Frozen<Pod>): number | undefined {
  const { [exitCodes]: text, [indexAnnotation]: index = "0" } = metadata.annotations ?? {};
  const codes = text?.split(",").map(Number);
  return codes?.[Number(index)] ?? codes?.at(-1);
}

function endingOf(pod: Frozen<Pod>, { exitCode, nowMs }: { exitCode: number; nowMs: number }): Action {
  const object = { ...pod, status: { ...pod.status, ...endedStatus({ exitCode, nowMs }) } } as Frozen<Pod>;
  return { op: "update", kind: podKind, object, subresource: "status" };
}

/** What a kubelet says of a pod whose container has ended. */
export function endedStatus({ exitCode, nowMs }: { exitCode: number; nowMs: number }) {
  const at = formatTime(nowMs);
  const state = {
    terminated: { exitCode, startedAt: at, finishedAt: at, reason: exitCode === 0 ? "Completed" : "Error" },
  };
  return {
    phase: exitCode === 0 ? "Succeeded" : "Failed",
    conditions: [{ type: "Ready", status: "False", lastTransitionTime: at }],
    containerStatuses: [{ name: "c", image: "web:1", imageID: "", ready: false, restartCount: 0, state }],
  };
}

/** Scheduler and kubelet in one, for tests of controllers: pods run and are ready at once, and end when deleted. */
const podRunnerLoop = defineLoop<Frozen<Pod>, undefined, Frozen<Pod>>({
  name: "pod-runner",
  component: "pod-runner",
  workersMax: 50,
  watches: [watch<Pod>({ kind: podKind, keys: ({ type, object }) => (type === "deleted" ? [] : [keyOf(object)]) })],
  obtain: (key, listers) => listers.of(podKind).get(key),
  observe: () => undefined,
  difference: (pod) => pod,
  reconcile(pod, { nowMs }) {
    const { namespace, name, uid = "", deletionTimestamp, annotations } = pod.metadata;
    const target = { kind: podKind, namespace, name };
    if (isPodTerminated(pod) && !deletionTimestamp) return nothingToDo;
    if (deletionTimestamp && exitOf(pod) !== undefined && !isPodTerminated(pod))
      return { actions: [endingOf(pod, { exitCode: 137, nowMs })] };
    if (deletionTimestamp) {
      // What its finalizers keep has ended already, and is told so once.
      if ((pod.metadata.finalizers ?? []).length > 0 && pod.metadata.deletionGracePeriodSeconds === 0)
        return nothingToDo;
      return { actions: [{ op: "delete", ...target, uid, gracePeriodSeconds: 0 }] };
    }
    const isWell = annotations?.[neverReady] === undefined;
    const exitCode = exitOf(pod);
    if (isPodReady(pod) === isWell && pod.status.phase === "Running") {
      return exitCode === undefined ? nothingToDo : { actions: [endingOf(pod, { exitCode, nowMs })] };
    }
    const lastTransitionTime = formatTime(nowMs);
    const conditions = [{ type: "Ready", status: isWell ? "True" : "False", lastTransitionTime }];
    const object = { ...pod, status: { ...pod.status, phase: "Running", conditions } } as Frozen<Pod>;
    return { actions: [{ op: "update", kind: podKind, object, subresource: "status" } satisfies Action] };
  },
});

/** The pod runner as an actor. */
export const podRunner = defineController({ kind: "pod_runner", module: import.meta.url, loop: podRunnerLoop });
