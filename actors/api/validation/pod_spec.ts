/**
 * The rules for a pod's spec, in pods and in the templates of workloads alike.
 */

import type { FieldError } from "../field_error.ts";
import { addErrors, duplicate, forbidden, invalid, notSupported, required } from "../field_error.ts";
import type { Container, Frozen, PodSpec, Volume } from "../types.ts";
import { type ContainerContext, imageSpaceErrors, validateContainer } from "./container.ts";
import { validateEphemeralContainers } from "./ephemeral_containers.ts";
import { validateLabels } from "./metadata.ts";
import { dnsLabelErrors, dnsSubdomainErrors } from "./names.ts";
import { validateAffinity } from "./pod_affinity.ts";
import { dnsErrors, validateHostAliases, validatePodGates } from "./pod_details.ts";
import { validatePodLevelResources } from "./pod_level_resources.ts";
import { validateHostProcesses, validateHostUsers, validateSystem } from "./pod_system.ts";
import { judgeVolumes } from "./pod_volumes.ts";
import { containerNameErrors, judgePodClaims, validateAmounts } from "./resources.ts";
import { hostPortErrors, validatePodSecurity } from "./security_context.ts";
import { validateTolerations } from "./taints.ts";
import { validateTopologySpread } from "./topology_spread.ts";

const restartPolicies = ["Always", "OnFailure", "Never"];
const dnsPolicies = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
const secondsMax = 2 ** 31 - 1;

/** The pod whose spec is judged; a template has none. */
export interface JudgedPod {
  /** Empty where it has none yet. */
  readonly name: string;
}

/** What is wrong with a pod's spec, in the order in which Kubernetes says it. */
export function validatePodSpec(spec: Frozen<PodSpec>, at: string, pod?: JudgedPod): FieldError[] {
  const volumes = judgeVolumes(spec.volumes ?? [], `${at}.volumes`, pod?.name ?? "");
  const claims = judgePodClaims((spec as Claiming).resourceClaims ?? [], `${at}.resourceClaims`);
  const parts = { volumes: volumes.usable, claims: claims.names, isPod: pod !== undefined };
  const { overhead } = spec;
  return [
    ...volumes.errors,
    ...claims.errors,
    ...validateContainers(spec, at, parts),
    ...validatePodLevelResources(spec, at),
    ...hostPortErrors(spec, at, parts.isPod),
    ...validateWords(spec, at),
    ...validateLabels(spec.nodeSelector, `${at}.nodeSelector`),
    ...validatePodSecurity(spec, at),
    ...validateAffinity(spec.affinity, `${at}.affinity`),
    ...dnsErrors(spec.dnsConfig, { at: `${at}.dnsConfig`, isNeeded: spec.dnsPolicy === "None" }),
    ...validatePodGates(spec, at),
    ...validateTopologySpread(spec.topologySpreadConstraints ?? [], `${at}.topologySpreadConstraints`, parts.isPod),
    ...validateHostProcesses(spec, at),
    ...validateHostUsers(spec, at),
    ...nameErrors(spec, at, ["serviceAccountName", "nodeName"]),
    ...validateSeconds(spec, at),
    ...hostNameErrors(spec, at),
    ...validateTolerations(spec.tolerations ?? [], `${at}.tolerations`),
    ...validateHostAliases(spec, `${at}.hostAliases`),
    ...nameErrors(spec, at, ["priorityClassName", "runtimeClassName"]),
    ...preemptionErrors(spec, at),
    ...(overhead ? validateAmounts({ limits: overhead }, `${at}.overhead`, containerNameErrors) : []),
    ...validateSystem(spec, at),
    ...ownErrors(spec, at, parts.isPod),
  ];
}

interface Claiming {
  readonly resourceClaims?: Parameters<typeof judgePodClaims>[0];
}

/** What the containers of a pod may refer to. */
interface Parts {
  readonly volumes: ReadonlyMap<string, Frozen<Volume>>;
  readonly claims: ReadonlySet<string>;
  readonly isPod: boolean;
}

function validateContainers(spec: Frozen<PodSpec>, at: string, parts: Parts): FieldError[] {
  const errors: FieldError[] = [];
  const { hostUsers = true } = spec as { readonly hostUsers?: boolean };
  const names = new Set<string>();
  const contextOf = (here: string, init: boolean): ContainerContext => ({
    ...{ at: here, init, names, podRestartPolicy: spec.restartPolicy, hostUsers },
    ...{ graceSeconds: spec.terminationGracePeriodSeconds, volumes: parts.volumes, claims: parts.claims },
  });
  const judge = (list: "containers" | "initContainers") => {
    for (const [index, container] of (spec[list] ?? []).entries()) {
      const here = `${at}.${list}[${index}]`;
      addErrors(errors, validateContainer(container, contextOf(here, list === "initContainers")));
      if (container.name) names.add(container.name);
      if (list === "initContainers") addErrors(errors, hostPortsTwice([container], `${at}.${list}`));
    }
  };
  if ((spec.containers ?? []).length === 0) errors.push(required(`${at}.containers`));
  judge("containers");
  addErrors(errors, hostPortsTwice(spec.containers ?? [], `${at}.containers`));
  judge("initContainers");
  const ephemeral = `${at}.ephemeralContainers`;
  addErrors(
    errors,
    validateEphemeralContainers(spec, ephemeral, (here) => contextOf(here, false)),
  );
  return errors;
}

/** What is said of a pod alone, and of a template alone. */
function ownErrors(spec: Frozen<PodSpec>, at: string, isPod: boolean): FieldError[] {
  const lists = ["containers", "initContainers"] as const;
  if (isPod) {
    return lists.flatMap((list) =>
      (spec[list] ?? []).flatMap((container, index) => imageSpaceErrors(container, `${at}.${list}[${index}]`)),
    );
  }
  if ((spec.ephemeralContainers ?? []).length === 0) return [];
  return [forbidden(`${at}.ephemeralContainers`, "ephemeral containers not allowed in pod template")];
}

function hostPortsTwice(containers: readonly Frozen<Container>[], at: string): FieldError[] {
  const errors: FieldError[] = [];
  const taken = new Set<string>();
  for (const [index, { ports = [] }] of containers.entries()) {
    for (const [place, { protocol = "TCP", hostIP = "", hostPort }] of ports.entries()) {
      if (!hostPort) continue;
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (taken.has(key)) errors.push(duplicate(`${at}[${index}].ports[${place}].hostPort`, key));
      taken.add(key);
    }
  }
  return errors;
}

function validateWords(spec: Frozen<PodSpec>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!spec.restartPolicy) errors.push(required(`${at}.restartPolicy`));
  else if (!restartPolicies.includes(spec.restartPolicy)) {
    errors.push(notSupported(`${at}.restartPolicy`, spec.restartPolicy, restartPolicies));
  }
  if (!spec.dnsPolicy) errors.push(required(`${at}.dnsPolicy`));
  else if (!dnsPolicies.includes(spec.dnsPolicy)) {
    errors.push(notSupported(`${at}.dnsPolicy`, spec.dnsPolicy, dnsPolicies));
  }
  return errors;
}

function validateSeconds(spec: Frozen<PodSpec>, at: string): FieldError[] {
  const deadline = spec.activeDeadlineSeconds;
  // A grace period below zero is taken for one second, where a pod is made of it.
  const errors: FieldError[] = [];
  if (deadline !== undefined && (deadline < 1 || deadline > secondsMax)) {
    const text = `must be between 1 and ${secondsMax}, inclusive`;
    errors.push(invalid(`${at}.activeDeadlineSeconds`, deadline, text));
  }
  return errors;
}

function nameErrors<Name extends keyof PodSpec>(spec: Frozen<PodSpec>, at: string, fields: readonly Name[]) {
  return fields.flatMap((field) => {
    const value = spec[field];
    if (typeof value !== "string" || (value === "" && field !== "runtimeClassName")) return [];
    return dnsSubdomainErrors(value).map((text) => invalid(`${at}.${field}`, value, text));
  });
}

function hostNameErrors(spec: Frozen<PodSpec>, at: string): FieldError[] {
  return (["hostname", "subdomain"] as const).flatMap((field) => {
    const value = spec[field];
    return value ? dnsLabelErrors(value).map((text) => invalid(`${at}.${field}`, value, text)) : [];
  });
}

const preemptionPolicies = ["PreemptLowerPriority", "Never"];

function preemptionErrors({ preemptionPolicy: policy }: Frozen<PodSpec>, at: string): FieldError[] {
  if (policy === undefined || preemptionPolicies.includes(policy)) return [];
  const here = `${at}.preemptionPolicy`;
  return [policy === "" ? required(here) : notSupported(here, policy, preemptionPolicies)];
}
