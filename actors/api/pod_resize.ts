/**
 * What containers of a pod are to have is changed by a path of its own, while they run.
 *
 * @see https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/
 */

import { type FieldError, forbidden, invalid } from "./field_error.ts";
import { podQosClass } from "./pod.ts";
import type { PodLevelResources } from "./pod_level_resources.ts";
import { type Container, type Fields, type Frozen, jsonEqual, type Pod, thaw } from "./types.ts";
import { mirrorAnnotation } from "./validation/pod_annotations.ts";
import { validatePodSpec } from "./validation/pod_spec.ts";

const lists = ["containers", "initContainers"] as const;
const resizable = ["cpu", "memory"] as const;

/** Makes of a changed pod the pod that it was, with what the containers of the changed one are to have. */
export function takeResize(draft: Pod, old: Frozen<Pod>): void {
  const wanted = draft.spec;
  const { resourceVersion } = draft.metadata;
  draft.spec = thaw<Pod["spec"]>(old.spec);
  draft.status = thaw<Pod["status"]>(old.status);
  draft.metadata = thaw<Pod["metadata"]>(old.metadata);
  if (resourceVersion !== undefined) draft.metadata.resourceVersion = resourceVersion;
  for (const list of lists) {
    const [now = [], before = []] = [wanted[list], draft.spec[list]];
    // Others than there were: who judges the change is to see them.
    if (!haveSameNames(now, before)) draft.spec[list] = now;
    else for (const [index, container] of before.entries()) take(container, now[index] ?? {});
  }
  if (!jsonEqual(draft.spec, old.spec)) draft.metadata.generation = (old.metadata.generation ?? 0) + 1;
}

function take(container: Container, { resources, resizePolicy }: Partial<Container>): void {
  if (resources === undefined) delete container.resources;
  else container.resources = resources;
  if (resizePolicy === undefined) delete container.resizePolicy;
  else container.resizePolicy = resizePolicy;
}

type Named = readonly { readonly name: string }[];

function haveSameNames(now: Named, before: Named): boolean {
  return now.length === before.length && now.every(({ name }, index) => name === before[index]?.name);
}

/** What is wrong with a change of what a pod's containers are to have. */
export function validateResize(pod: Frozen<Pod>, old: Frozen<Pod>): FieldError[] {
  if (old.metadata.annotations?.[mirrorAnnotation] !== undefined) {
    return [forbidden("", "static pods cannot be resized")];
  }
  if (old.spec.os?.name === "windows") return [forbidden("", "windows pods cannot be resized")];
  const { resources = {} } = pod.spec as { readonly resources?: PodLevelResources };
  if (Object.keys(resources).length > 0) {
    return [forbidden("", "pods with pod-level resources cannot be resized")];
  }
  const errors = validatePodSpec(pod.spec, "spec", { name: pod.metadata.name ?? "" });
  const [before, after] = [podQosClass(old.spec), podQosClass(pod.spec)];
  if (before !== after) {
    errors.push(invalid("spec", before, "Pod QOS Class may not change as a result of resizing"));
  }
  const order = lists.flatMap((list) => orderErrors(pod.spec[list] ?? [], old.spec[list] ?? [], list));
  if (order.length > 0) return [...errors, ...order];
  for (const list of lists) {
    for (const [index, container] of (old.spec[list] ?? []).entries()) {
      const at = `spec.${list}[${index}].resources`;
      errors.push(...containerErrors(pod.spec[list]?.[index] ?? container, container, { at, list }));
    }
  }
  const now = thaw<Pod["spec"]>(pod.spec);
  for (const list of lists)
    for (const [index, each] of (now[list] ?? []).entries()) putBack(each, old.spec[list]?.[index]);
  if (!jsonEqual(now, old.spec)) errors.push(forbidden("spec", "only cpu and memory resources are mutable"));
  return errors;
}

function orderErrors(now: Named, before: Named, list: (typeof lists)[number]): FieldError[] {
  const what = list === "containers" ? "containers" : "initContainers";
  if (now.length !== before.length) {
    return [forbidden(`spec.${list}`, `${what} may not be added or removed on resize`)];
  }
  return now.flatMap(({ name }, index) =>
    name === before[index]?.name
      ? []
      : [forbidden(`spec.${list}[${index}].name`, `${what} may not be renamed or reordered on resize`)],
  );
}

interface Place {
  readonly at: string;
  readonly list: (typeof lists)[number];
}

function containerErrors(now: Frozen<Container>, old: Frozen<Container>, { at, list }: Place): FieldError[] {
  if (list === "initContainers" && old.restartPolicy !== "Always") {
    if (jsonEqual(now.resources ?? {}, old.resources ?? {})) return [];
    return [forbidden(at, "resources for non-sidecar init containers are immutable")];
  }
  return (["requests", "limits"] as const).flatMap((part) => {
    const [amounts = {}, before = {}] = [now.resources?.[part], old.resources?.[part]];
    const isLess = Object.keys(before).some((name) => amounts[name] === undefined);
    return isLess ? [forbidden(`${at}.${part}`, `resource ${part} cannot be removed`)] : [];
  });
}

/** Takes from a container what a resize may change in it: what is left must be as it was. */
function putBack(container: Container, old: Frozen<Container> | undefined): void {
  for (const part of ["requests", "limits"] as const) {
    const before = old?.resources?.[part];
    const amounts: Record<string, string> = { ...container.resources?.[part] };
    for (const name of resizable) {
      const amount = before?.[name];
      if (amount === undefined) delete amounts[name];
      else amounts[name] = amount;
    }
    const resources: Fields = { ...container.resources, [part]: amounts };
    if (before === undefined && Object.keys(amounts).length === 0) delete resources[part];
    container.resources = resources;
  }
  if (old?.resources === undefined && Object.keys(container.resources ?? {}).length === 0) delete container.resources;
}
