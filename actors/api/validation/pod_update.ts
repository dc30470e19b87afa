/**
 * What may change in a pod after it was made: little.
 */

import type { FieldError } from "../field_error.ts";
import { addErrors, forbidden, invalid } from "../field_error.ts";
import { canonicalJson } from "../names.ts";
import { isRestartedByRule, restartPolicyOf } from "../restart_rules.ts";
import type { Container, ContainerStatus, Fields, Frozen, Pod, PodSpec, Toleration } from "../types.ts";
import { jsonEqual } from "../types.ts";
import { ipErrors, isOneOfEach } from "./addresses.ts";

const changeable =
  "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/** What is wrong with a change of a pod. */
export function validatePodUpdate(pod: Frozen<Pod>, old: Frozen<Pod>): FieldError[] {
  const errors: FieldError[] = [];
  const { spec } = pod;
  for (const list of ["containers", "initContainers"] as const) {
    if ((spec[list] ?? []).length !== (old.spec[list] ?? []).length) {
      // A real server stops here too: what follows would compare containers that do not belong together.
      const kind = list === "containers" ? "containers" : "init containers";
      return [forbidden(`spec.${list}`, `pod updates may not add or remove ${kind}`)];
    }
  }
  addErrors(errors, validateDeadline(spec, old.spec));
  addErrors(errors, validateGates(spec, old.spec));
  addErrors(errors, validateTolerationsKept(spec.tolerations ?? [], old.spec.tolerations ?? []));
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
    // As long as a gate holds a pod back, where it may go can still be narrowed.
    take("nodeSelector");
    take("affinity");
  }
  munged.containers = withOldImages(spec.containers, old.containers);
  if (spec.initContainers !== undefined) {
    munged.initContainers = withOldImages(spec.initContainers, old.initContainers ?? []);
  }
  return munged;
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

/** What is wrong with a change of a pod's status. */
export function validatePodStatusUpdate(pod: Frozen<Pod>, old: Frozen<Pod>): FieldError[] {
  const errors: FieldError[] = [];
  if (pod.spec.nodeName !== old.spec.nodeName) {
    errors.push(forbidden("status.nodeName", "may not be changed directly"));
  }
  addErrors(errors, ipListErrors(pod.status, "podIP"));
  addErrors(errors, ipListErrors(pod.status, "hostIP"));
  if (pod.spec.restartPolicy === "Always") return errors;
  for (const list of ["containerStatuses", "initContainerStatuses"] as const) {
    const before = new Map((old.status[list] ?? []).map((status) => [status.name, status]));
    (pod.status[list] ?? []).forEach((status, index) => {
      const was = before.get(status.name);
      if (was === undefined || !endedForGood(pod, was) || status.state?.terminated !== undefined) return;
      errors.push(forbidden(`status.${list}[${index}].state`, "may not be transitioned to non-terminated state"));
    });
  }
  return errors;
}

/** The addresses of a pod or of its node: the first is told twice, and there is one of each family at most. */
function ipListErrors(status: Frozen<Pod>["status"], one: "podIP" | "hostIP"): FieldError[] {
  const at = `status.${one}s`;
  const list = status[`${one}s`] ?? [];
  const ips = list.map(({ ip = "" }) => ip);
  const errors = ips.flatMap((ip, index) => ipErrors(ip).map((text) => invalid(`${at}[${index}]`, ip, text)));
  if (ips.length > 0 && ips[0] !== (status[one] ?? "") && one === "hostIP") {
    errors.unshift(invalid(`${at}[0].ip`, ips[0], "must be equal to `hostIP`"));
  }
  if (!isOneOfEach(ips)) errors.push(invalid(at, list, "may specify no more than one IP for each IP family"));
  return errors;
}

function endedForGood({ spec }: Frozen<Pod>, { name, state }: Frozen<ContainerStatus>): boolean {
  if (state?.terminated === undefined) return false;
  const { exitCode } = state.terminated;
  const container = [...spec.containers, ...(spec.initContainers ?? [])].find((each) => each.name === name);
  if (container && isRestartedByRule(container, exitCode)) return false;
  const policy = container ? restartPolicyOf(spec, container) : spec.restartPolicy;
  return policy !== "Always" && (policy === "Never" || exitCode === 0);
}
