/**
 * What may change in a pod after it was made: little.
 */

import type { FieldError } from "../field_error.ts";
import { addErrors, forbidden, invalid, nothing } from "../field_error.ts";
import { canonicalJson } from "../names.ts";
import type { Container, Fields, Frozen, NodeSelectorTerm, Pod, PodSpec, Toleration } from "../types.ts";
import { jsonEqual, ownValue } from "../types.ts";
import { validatePodAnnotationChange, validateSeccompAnnotations } from "./pod_annotations.ts";

const changeable =
  "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/** What is wrong with a new pod alone. */
export function validatePodCreate({ metadata, spec }: Frozen<Pod>): FieldError[] {
  const errors: FieldError[] = [];
  if ((spec.ephemeralContainers ?? []).length > 0) {
    errors.push(forbidden("spec.ephemeralContainers", "cannot be set on create"));
  }
  if (spec.nodeName && (spec.schedulingGates ?? []).length > 0) {
    errors.push(forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared"));
  }
  addErrors(errors, validateSeccompAnnotations(metadata.annotations ?? {}, spec, "spec"));
  return errors;
}

/** What is wrong with a change of a pod. */
export function validatePodUpdate(pod: Frozen<Pod>, old: Frozen<Pod>): FieldError[] {
  const { metadata, spec } = pod;
  const [now, before] = [metadata.annotations ?? {}, old.metadata.annotations ?? {}];
  const errors = validatePodAnnotationChange(now, before, "metadata.annotations");
  for (const list of ["containers", "initContainers"] as const) {
    if ((spec[list] ?? []).length !== (old.spec[list] ?? []).length) {
      // A real server stops here too: what follows would compare containers that do not belong together.
      return [...errors, forbidden(`spec.${list}`, "pod updates may not add or remove containers")];
    }
  }
  const deadlines = validateDeadline(spec, old.spec);
  addErrors(errors, deadlines);
  if (deadlines.length > 0 && spec.activeDeadlineSeconds !== undefined) return errors;
  addErrors(errors, validateTolerationsKept(spec.tolerations ?? [], old.spec.tolerations ?? []));
  addErrors(errors, validateGates(spec, old.spec));
  if ((old.spec.schedulingGates ?? []).length > 0) addErrors(errors, validateNarrowing(spec, old.spec));
  const changed = changedFields(comparable(spec, old.spec), old.spec);
  if (changed.length > 0) {
    const text = `pod updates may not change fields other than ${changeable}\n${changed.join("\n")}\n`;
    errors.push(forbidden("spec", text));
  }
  return errors;
}

function validateDeadline(spec: Frozen<PodSpec>, old: Frozen<PodSpec>): FieldError[] {
  const before = old.activeDeadlineSeconds;
  const after = spec.activeDeadlineSeconds;
  const field = "spec.activeDeadlineSeconds";
  if (before === undefined) return [];
  if (after === undefined) return [invalid(field, undefined, "must not update from a positive integer to nil value")];
  return after > before ? [invalid(field, after, "must be less than or equal to previous value")] : [];
}

const hard = "requiredDuringSchedulingIgnoredDuringExecution";

/** What is wrong with where a pod that a gate holds back may now go: less far than before. */
function validateNarrowing(spec: Frozen<PodSpec>, old: Frozen<PodSpec>): FieldError[] {
  const errors: FieldError[] = [];
  const { nodeSelector = {} } = spec;
  if (Object.entries(old.nodeSelector ?? {}).some(([key, value]) => ownValue(nodeSelector, key) !== value)) {
    const text = "only additions to spec.nodeSelector are allowed (no mutations or deletions)";
    errors.push(invalid("spec.nodeSelector", spec.nodeSelector ?? nothing, text));
  }
  const at = `spec.affinity.nodeAffinity.${hard}.nodeSelectorTerms`;
  const before = old.affinity?.nodeAffinity?.[hard]?.nodeSelectorTerms ?? [];
  const terms = spec.affinity?.nodeAffinity?.[hard]?.nodeSelectorTerms ?? [];
  if (before.length === 0) return errors;
  if (before.length !== terms.length) {
    const text = "no additions/deletions to non-empty NodeSelectorTerms list are allowed";
    return [...errors, invalid(at, terms, text)];
  }
  for (const [index, term] of terms.entries()) {
    if (onlyAdds(term, before[index] ?? {})) continue;
    errors.push(invalid(`${at}[${index}]`, term, "only additions are allowed (no mutations or deletions)"));
  }
  return errors;
}

/** Whether a term asks for all that another asks for; one that asks for nothing means no node, and stays so. */
function onlyAdds(term: Frozen<NodeSelectorTerm>, before: Frozen<NodeSelectorTerm>): boolean {
  const lists = ["matchExpressions", "matchFields"] as const;
  if (lists.every((list) => (before[list] ?? []).length === 0)) {
    return lists.every((list) => (term[list] ?? []).length === 0);
  }
  return lists.every((list) => {
    const kept = before[list] ?? [];
    return jsonEqual((term[list] ?? []).slice(0, kept.length), kept);
  });
}

function validateGates(spec: Frozen<PodSpec>, old: Frozen<PodSpec>): FieldError[] {
  const known = new Set((old.schedulingGates ?? []).map(({ name }) => name));
  const added = (spec.schedulingGates ?? []).filter(({ name }) => !known.has(name));
  if (added.length === 0) return [];
  const text = `only deletion is allowed, but found new scheduling gate '${added[0]?.name ?? ""}'`;
  return [forbidden("spec.schedulingGates", text)];
}

function validateTolerationsKept(
  tolerations: readonly Frozen<Toleration>[],
  old: readonly Frozen<Toleration>[],
): FieldError[] {
  const core = ({ tolerationSeconds: _, ...rest }: Frozen<Toleration>): string => canonicalJson(rest);
  const left = new Set(tolerations.map(core));
  const kept = old.every((before) => left.has(core(before)));
  if (kept) return [];
  return [forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds")];
}

/** The new spec with all that may change taken from the old one. */
function comparable(spec: Frozen<PodSpec>, old: Frozen<PodSpec>): Fields {
  const munged: Fields = { ...spec };
  const take = (name: keyof PodSpec): void => {
    if (old[name] === undefined) delete munged[name];
    else munged[name] = old[name];
  };
  take("activeDeadlineSeconds");
  take("tolerations");
  take("schedulingGates");
  if ((old.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1) {
    take("terminationGracePeriodSeconds");
  }
  if ((old.schedulingGates ?? []).length > 0) {
    // As long as a gate holds a pod back, which nodes it may go to can still be narrowed.
    take("nodeSelector");
    takeNodeAffinity(munged, spec, old);
  }
  munged.containers = withOldImages(spec.containers, old.containers);
  if (spec.initContainers !== undefined) {
    munged.initContainers = withOldImages(spec.initContainers, old.initContainers ?? []);
  }
  return munged;
}

function takeNodeAffinity(munged: Fields, spec: Frozen<PodSpec>, old: Frozen<PodSpec>): void {
  const { nodeAffinity: _, ...others } = spec.affinity ?? {};
  const before = old.affinity?.nodeAffinity;
  const affinity = { ...others, ...(before === undefined ? {} : { nodeAffinity: before }) };
  if (Object.keys(affinity).length === 0 && old.affinity === undefined) delete munged.affinity;
  else munged.affinity = affinity;
}

function withOldImages(containers: readonly Frozen<Container>[], old: readonly Frozen<Container>[]): unknown[] {
  return containers.map((container, index) => ({ ...container, image: old[index]?.image }));
}

function changedFields(spec: Fields, old: Frozen<PodSpec>): string[] {
  const before: Fields = { ...old };
  const names = Object.keys({ ...before, ...spec }).sort();
  return names
    .filter((name) => !jsonEqual(spec[name], before[name]))
    .flatMap((name) => [line("-", name, before[name]), line("+", name, spec[name])])
    .filter((text) => text !== "");
}

function line(sign: "-" | "+", name: string, value: unknown): string {
  return value === undefined ? "" : `${sign} ${name}: ${JSON.stringify(value)}`;
}
