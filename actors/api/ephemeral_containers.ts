/**
 * Containers that are put into a pod that runs: they are added by a path of their own, and stay.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/
 */

import { type FieldError, forbidden, notFoundField } from "./field_error.ts";
import { type Container, type EphemeralContainer, type Frozen, jsonEqual, type Pod, thaw } from "./types.ts";
import { validateContainer } from "./validation/container.ts";

const at = "spec.ephemeralContainers";
/** What such a container cannot have: nothing is promised to it, and nobody waits for it. */
const refusedFields = ["ports", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle", "resources"] as const;

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
export function validateEphemeralContainersUpdate({ spec }: Frozen<Pod>, old: Frozen<Pod>): FieldError[] {
  const errors: FieldError[] = [];
  const now = spec.ephemeralContainers ?? [];
  const volumes = new Map((spec.volumes ?? []).map((volume) => [volume.name, volume]));
  const claims = new Set<string>();
  const { hostUsers = true } = spec as { readonly hostUsers?: boolean };
  const others = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const names = new Set(others.map(({ name }) => name));
  for (const [index, container] of now.entries()) {
    const here = `${at}[${index}]`;
    const core: Frozen<Container> = withoutRefused(container);
    errors.push(...validateContainer(core, { at: here, init: false, volumes, claims, names, hostUsers }));
    for (const field of refusedFields) {
      if (!isSet(container[field])) continue;
      errors.push(forbidden(`${here}.${field}`, "field cannot be set for an Ephemeral Container"));
    }
    const { targetContainerName: target } = container;
    if (target && !others.some(({ name }) => name === target))
      errors.push(notFoundField(`${here}.targetContainerName`, target));
    names.add(container.name);
  }
  for (const before of old.spec.ephemeralContainers ?? []) {
    const after = now.find(({ name }) => name === before.name);
    if (after && jsonEqual(after, before)) continue;
    const what = after ? "changed" : "removed";
    errors.push(forbidden(at, `existing ephemeral containers ${JSON.stringify(before.name)} may not be ${what}\n`));
  }
  return errors;
}

function withoutRefused(container: Frozen<EphemeralContainer>): Frozen<Container> {
  const { targetContainerName: _, ports: _ports, lifecycle: _hooks, resources: _resources, ...rest } = container;
  const { livenessProbe: _live, readinessProbe: _ready, startupProbe: _startup, ...core } = rest;
  return core;
}

/** What was left out may have been filled in as an empty object or list. */
function isSet(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  return Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0;
}
