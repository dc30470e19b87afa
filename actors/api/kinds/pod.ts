import { forgetGatedIn } from "../defaults/gated_fields.ts";
import { defaultHostPorts, defaultPodLevelRequests, defaultPodSpec, defaultRequests } from "../defaults/pod_spec.ts";
import { nameKind, withRules } from "../kind.ts";
import { selectByLabelKeys } from "../label_keys.ts";
import { podQosClass } from "../pod.ts";
import type { Frozen, OwnerReference, Pod } from "../types.ts";
import { thaw } from "../types.ts";
import { validatePodAnnotations } from "../validation/pod_annotations.ts";
import { validatePodSpec } from "../validation/pod_spec.ts";
import { validatePodStatusUpdate } from "../validation/pod_status.ts";
import { validatePodCreate, validatePodUpdate } from "../validation/pod_update.ts";
import { nameWarnings } from "../warnings/names.ts";
import { podWarnings } from "../warnings/pod_spec.ts";

/** Pods: bound to a node once, and almost unchangeable from then on. */
export const pod = nameKind<Pod>({
  kind: "Pod",
  plural: "pods",
  shortNames: ["po"],
  categories: ["all"],
  subresources: [{ name: "status" }],
});

/** Its rules, which API servers keep. */
export const podRules = /* @__PURE__ */ withRules(pod, {
  schema: "io.k8s.api.core.v1.Pod",
  gracePeriodSeconds,
  fieldSelectors: {
    "spec.nodeName": ({ spec }) => spec.nodeName ?? "",
    "spec.restartPolicy": ({ spec }) => spec.restartPolicy ?? "",
    "spec.schedulerName": ({ spec }) => spec.schedulerName ?? "",
    "spec.serviceAccountName": ({ spec }) => spec.serviceAccountName ?? "",
    "spec.hostNetwork": ({ spec }) => String(spec.hostNetwork ?? false),
    "status.phase": ({ status }) => status.phase ?? "",
    "status.podIP": ({ status }) => status.podIP ?? "",
    "status.nominatedNodeName": ({ status }) => status.nominatedNodeName ?? "",
  },

  applyDefaults({ spec, status }) {
    defaultPodSpec(spec);
    defaultHostPorts(spec);
    defaultRequests(spec);
    defaultPodLevelRequests(spec);
    spec.enableServiceLinks ??= true;
    // Of a template it stays as it was written.
    if ((spec.terminationGracePeriodSeconds ?? 0) < 0) spec.terminationGracePeriodSeconds = 1;
    // A time that was never set is null here, not absent: it is a value in Go's types, not a pointer.
    for (const condition of (status?.conditions ?? []) as { lastProbeTime?: string | null }[]) {
      condition.lastProbeTime ??= null;
    }
  },
  forgetDisabled: /* @__PURE__ */ forgetGatedIn(({ spec }) => spec),

  prepareForCreate(draft) {
    selectByLabelKeys(draft.spec, draft.metadata.labels);
    draft.status = { phase: "Pending", qosClass: podQosClass(draft.spec) };
    if ((draft.spec.schedulingGates ?? []).length > 0) {
      const message = "Scheduling is blocked due to non-empty scheduling gates";
      draft.status.conditions = [{ type: "PodScheduled", status: "False", reason: "SchedulingGated", message }];
    }
  },

  prepareForStatusUpdate(draft, old) {
    // Its gate is off in Kubernetes 1.34.
    delete (draft.status as { extendedResourceClaimStatus?: object }).extendedResourceClaimStatus;
    if (old.metadata.ownerReferences === undefined) delete draft.metadata.ownerReferences;
    else draft.metadata.ownerReferences = thaw<OwnerReference[]>(old.metadata.ownerReferences);
    if (old.status.qosClass !== undefined) draft.status.qosClass ??= old.status.qosClass;
  },

  validate: ({ spec, metadata }) => [
    ...validatePodAnnotations(metadata.annotations ?? {}, spec, "metadata.annotations"),
    ...validatePodSpec(spec, "spec", { name: metadata.name ?? "" }),
  ],
  validateCreate: validatePodCreate,
  validateUpdate: validatePodUpdate,
  *warnings(pod, old) {
    // Of changes nothing is said: people seldom make them.
    if (old !== undefined) return;
    yield* nameWarnings(pod.metadata.name, "the Pod's hostname");
    yield* podWarnings(pod);
  },
  validateStatusUpdate: validatePodStatusUpdate,
});

/** A pod that never ran, or has ended, is removed at once; others have the time that their spec gives them. */
function gracePeriodSeconds({ spec, status }: Frozen<Pod>): number {
  const ended = status.phase === "Succeeded" || status.phase === "Failed";
  return ended || !spec.nodeName ? 0 : (spec.terminationGracePeriodSeconds ?? 30);
}
