/**
 * What may be said of a pod's status.
 */
import { addErrors, duplicate, type FieldError, forbidden, invalid } from "../field_error.ts";
import { isRestartedByRule, restartPolicyOf } from "../restart_rules.ts";
import type { Container, ContainerStatus, Frozen, Pod, PodSpec } from "../types.ts";
import { ipErrors, isOneOfEach } from "./addresses.ts";
import { validateImmutable } from "./metadata.ts";
import { dnsSubdomainErrors, labelKeyErrors } from "./names.ts";
import { validatePodAnnotationChange, validatePodAnnotations } from "./pod_annotations.ts";

const ownConditions: ReadonlySet<string> = new Set(["PodScheduled", "Ready", "Initialized"]);

/** What is wrong with a change of a pod's status. */
export function validatePodStatusUpdate(pod: Frozen<Pod>, old: Frozen<Pod>): FieldError[] {
  const { status } = pod;
  const annotations = pod.metadata.annotations ?? {};
  const errors = validatePodAnnotationChange(annotations, old.metadata.annotations ?? {}, "metadata.annotations");
  addErrors(errors, validatePodAnnotations(annotations, pod.spec, "metadata.annotations"));
  addErrors(errors, conditionErrors(status.conditions ?? []));
  if (pod.spec.nodeName !== old.spec.nodeName) {
    errors.push(forbidden("status.nodeName", "may not be changed directly"));
  }
  const { nominatedNodeName: nominated = "" } = status;
  if (nominated !== "" && nominated !== old.status.nominatedNodeName) {
    for (const text of dnsSubdomainErrors(nominated)) errors.push(invalid("status.nominatedNodeName", nominated, text));
  }
  const classes = { value: status.qosClass ?? "", old: old.status.qosClass ?? "" };
  addErrors(errors, validateImmutable("status.qosClass", classes));
  for (const list of ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"] as const) {
    addErrors(errors, revivalErrors(pod, old, list));
  }
  addErrors(errors, claimErrors(pod));
  addErrors(errors, ipListErrors(status, "podIP"));
  addErrors(errors, ipListErrors(status, "hostIP"));
  return errors;
}

/** As in Kubernetes these are told of as if they were metadata. */
function conditionErrors(conditions: readonly { readonly type?: string }[]): FieldError[] {
  return conditions.flatMap(({ type = "" }, index) =>
    ownConditions.has(type)
      ? []
      : labelKeyErrors(type).map((text) => invalid(`metadata.conditions[${index}].Type`, type, text)),
  );
}

type StatusList = "containerStatuses" | "initContainerStatuses" | "ephemeralContainerStatuses";

function revivalErrors(pod: Frozen<Pod>, old: Frozen<Pod>, list: StatusList): FieldError[] {
  const now = new Map((pod.status[list] ?? []).map((status) => [status.name, status]));
  const containers = new Map(
    [...old.spec.containers, ...(old.spec.initContainers ?? [])].map((each) => [each.name, each]),
  );
  return (old.status[list] ?? []).flatMap((was, index) => {
    const status = now.get(was.name);
    const isEphemeral = list === "ephemeralContainerStatuses";
    const hasEnded = isEphemeral
      ? was.state?.terminated !== undefined
      : endedForGood(old.spec, containers.get(was.name), was);
    if (status === undefined || !hasEnded || status.state?.terminated !== undefined) return [];
    return [forbidden(`status.${list}[${index}].state`, "may not be transitioned to non-terminated state")];
  });
}

function endedForGood(
  spec: Frozen<PodSpec>,
  container: Frozen<Container> | undefined,
  { state }: Frozen<ContainerStatus>,
): boolean {
  if (spec.restartPolicy === "Always" || state?.terminated === undefined) return false;
  const { exitCode } = state.terminated;
  if (container && isRestartedByRule(container, exitCode)) return false;
  const policy = container ? restartPolicyOf(spec, container) : spec.restartPolicy;
  return policy !== "Always" && (policy === "Never" || exitCode === 0);
}

interface Claiming {
  readonly resourceClaims?: readonly { readonly name?: string }[];
  readonly resourceClaimStatuses?: readonly { readonly name?: string; readonly resourceClaimName?: string }[];
}

function claimErrors({ spec, status }: Frozen<Pod>): FieldError[] {
  const claims = new Set(((spec as Claiming).resourceClaims ?? []).map(({ name = "" }) => name));
  const names = new Set<string>();
  return ((status as Claiming).resourceClaimStatuses ?? []).flatMap(({ name = "", resourceClaimName: made }, index) => {
    const at = `status.resourceClaimStatuses[${index}].name`;
    const errors: FieldError[] = [];
    if (!claims.has(name)) {
      errors.push(invalid(at, name, "must match the name of an entry in `spec.resourceClaims`"));
    }
    if (names.has(name)) errors.push(duplicate(at, name));
    names.add(name);
    for (const text of made === undefined ? [] : dnsSubdomainErrors(made)) errors.push(invalid(at, made, text));
    return errors;
  });
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
