/**
 * Containers that are put into a pod that runs: they are added by a path of their own, and stay.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/
 */

import { type FieldError, forbidden } from "./field_error.ts";
import { type Frozen, jsonEqual, type Pod, thaw } from "./types.ts";
import { mirrorAnnotation } from "./validation/pod_annotations.ts";
import { validatePodSpec } from "./validation/pod_spec.ts";

const at = "spec.ephemeralContainers";

/** Makes of a changed pod the pod that it was, with the ephemeral containers of the changed one. */
export function takeEphemeralContainers(draft: Pod, old: Frozen<Pod>): void {
  const { ephemeralContainers } = draft.spec;
  const { resourceVersion } = draft.metadata;
  draft.spec = thaw<Pod["spec"]>(old.spec);
  draft.status = thaw<Pod["status"]>(old.status);
  draft.metadata = thaw<Pod["metadata"]>(old.metadata);
  if (resourceVersion !== undefined) draft.metadata.resourceVersion = resourceVersion;
  if (ephemeralContainers === undefined) delete draft.spec.ephemeralContainers;
  else draft.spec.ephemeralContainers = ephemeralContainers;
  if (jsonEqual(ephemeralContainers ?? [], old.spec.ephemeralContainers ?? [])) return;
  draft.metadata.generation = (old.metadata.generation ?? 0) + 1;
}

/** What is wrong with a change of a pod's ephemeral containers: they are added, and neither changed nor removed. */
export function validateEphemeralContainersUpdate(pod: Frozen<Pod>, old: Frozen<Pod>): FieldError[] {
  if (old.metadata.annotations?.[mirrorAnnotation] !== undefined) {
    return [forbidden("", "static pods do not support ephemeral containers")];
  }
  const errors = validatePodSpec(pod.spec, "spec", { name: pod.metadata.name ?? "" });
  const now = new Map((pod.spec.ephemeralContainers ?? []).map((container) => [container.name, container]));
  for (const before of old.spec.ephemeralContainers ?? []) {
    const after = now.get(before.name);
    if (after && jsonEqual(after, before)) continue;
    const what = after ? "changed" : "removed";
    errors.push(forbidden(at, `existing ephemeral containers ${JSON.stringify(before.name)} may not be ${what}\n`));
  }
  return errors;
}
