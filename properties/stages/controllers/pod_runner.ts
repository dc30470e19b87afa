import { pod as podKind } from "../../../actors/api/kinds/pod.ts";
import { isPodReady } from "../../../actors/api/pod.ts";
import { formatTime } from "../../../actors/api/time.ts";
import { type Frozen, keyOf, type Pod } from "../../../actors/api/types.ts";
import { defineLoop, watch } from "../../../actors/controllers/loop.ts";
import { defineController } from "../../../actors/controllers/machine.ts";
import { type Action, nothingToDo } from "../../../actors/controllers/plan.ts";

/** The annotation on a pod's template that keeps its pods from becoming ready. */
export const neverReady = "test/never-ready";

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
    if (deletionTimestamp) {
      return { actions: [{ op: "delete", ...target, uid, gracePeriodSeconds: 0 }] };
    }
    const isWell = annotations?.[neverReady] === undefined;
    if (isPodReady(pod) === isWell && pod.status.phase === "Running") return nothingToDo;
    const lastTransitionTime = formatTime(nowMs);
    const conditions = [{ type: "Ready", status: isWell ? "True" : "False", lastTransitionTime }];
    const object = { ...pod, status: { ...pod.status, phase: "Running", conditions } } as Frozen<Pod>;
    return { actions: [{ op: "update", kind: podKind, object, subresource: "status" } satisfies Action] };
  },
});

/** The pod runner as an actor. */
export const podRunner = defineController({ kind: "pod_runner", module: import.meta.url, loop: podRunnerLoop });
