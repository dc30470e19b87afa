/**
 * The rules for containers that are put into a pod that runs.
 */
import { addErrors, duplicate, type FieldError, forbidden, notFoundField } from "../field_error.ts";
import type { Container, EphemeralContainer, Frozen, PodSpec } from "../types.ts";
import { type ContainerContext, imageSpaceErrors, validateCommon } from "./container.ts";

/** What such a container cannot have: nothing is promised to it, and nobody waits for it. */
const refusedFields = [
  ...["ports", "resources", "resizePolicy", "restartPolicy", "restartPolicyRules"],
  ...["livenessProbe", "readinessProbe", "startupProbe", "lifecycle"],
];
const refusal = "cannot be set for an Ephemeral Container";

/** What is wrong with a pod's ephemeral containers; each is judged in the context that `contextOf` gives for its path. */
export function validateEphemeralContainers(
  spec: Frozen<PodSpec>,
  at: string,
  contextOf: (at: string) => ContainerContext,
): FieldError[] {
  const errors: FieldError[] = [];
  const others = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }) => name);
  const [targets, names] = [new Set(others), new Set(others)];
  for (const [index, container] of (spec.ephemeralContainers ?? []).entries()) {
    const here = `${at}[${index}]`;
    addErrors(errors, validateCommon(container as Frozen<Container>, contextOf(here)));
    addErrors(errors, imageSpaceErrors(container, here));
    if (names.has(container.name)) errors.push(duplicate(`${here}.name`, container.name));
    names.add(container.name);
    const { targetContainerName: target } = container;
    if (target && !targets.has(target)) errors.push(notFoundField(`${here}.targetContainerName`, target));
    addErrors(errors, refusedErrors(container, here));
  }
  return errors;
}

function refusedErrors(container: Frozen<EphemeralContainer>, at: string): FieldError[] {
  const fields = container as Readonly<Record<string, unknown>>;
  const errors = refusedFields.filter((name) => isSet(fields[name])).map((name) => forbidden(`${at}.${name}`, refusal));
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    for (const name of ["subPath", "subPathExpr"] as const) {
      if (mount[name]) errors.push(forbidden(`${at}.volumeMounts[${index}].${name}`, refusal));
    }
  }
  return errors;
}

/** What was left out may have been filled in as an empty object or list. */
function isSet(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === "string") return true;
  return Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0;
}
