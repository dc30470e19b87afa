/**
 * The rules for a pod's spec, in pods and in the templates of workloads alike.
 */

import type { FieldError } from "../field_error.ts";
import { addErrors, duplicate, forbidden, invalid, notSupported, required } from "../field_error.ts";
import type {
  Affinity,
  Container,
  Frozen,
  NodeSelectorTerm,
  PodAffinityTerm,
  PodSpec,
  TopologySpreadConstraint,
  Volume,
} from "../types.ts";
import { validateContainer } from "./container.ts";
import { validateLabelSelector } from "./label_selector.ts";
import { validateLabels, validateUnique } from "./metadata.ts";
import { dnsLabelErrors, dnsSubdomainErrors, labelKeyErrors, labelValueErrors } from "./names.ts";
import { validatePodDetails } from "./pod_details.ts";
import { validatePodLevelResources } from "./pod_level_resources.ts";
import { validatePodSecurity } from "./security_context.ts";
import { validateTolerations } from "./taints.ts";
import { validateVolumeSource } from "./volume_source.ts";

const restartPolicies = ["Always", "OnFailure", "Never"];
const dnsPolicies = ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"];
const secondsMax = 2 ** 31 - 1;

/** What is wrong with a pod's spec. */
export function validatePodSpec(spec: Frozen<PodSpec>, at: string): FieldError[] {
  return [
    ...validateVolumes(spec.volumes ?? [], `${at}.volumes`),
    ...validateContainers(spec, at),
    ...validatePodLevelResources(spec, at),
    ...validateWords(spec, at),
    ...validateSeconds(spec, at),
    ...validateReferences(spec, at),
    ...validateLabels(spec.nodeSelector, `${at}.nodeSelector`),
    ...validateTolerations(spec.tolerations ?? [], `${at}.tolerations`),
    ...validateAffinity(spec.affinity, `${at}.affinity`),
    ...validateSpread(spec.topologySpreadConstraints ?? [], `${at}.topologySpreadConstraints`),
    ...validatePodSecurity(spec, at),
    ...validatePodDetails(spec, at),
  ];
}

function validateContainers(spec: Frozen<PodSpec>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const volumes = new Set((spec.volumes ?? []).map(({ name }) => name));
  const names = new Set<string>();
  if ((spec.containers ?? []).length === 0) errors.push(required(`${at}.containers`));
  const check = (list: readonly Frozen<Container>[] | undefined, path: string, init: boolean): void => {
    list?.forEach((container, index) => {
      const here = `${path}[${index}]`;
      addErrors(
        errors,
        validateContainer(container, {
          ...{ at: here, init, volumes, names, podRestartPolicy: spec.restartPolicy },
          graceSeconds: spec.terminationGracePeriodSeconds,
        }),
      );
      names.add(container.name);
    });
  };
  check(spec.containers, `${at}.containers`, false);
  check(spec.initContainers, `${at}.initContainers`, true);
  addErrors(errors, validateHostPorts(spec, at));
  return errors;
}

function validateHostPorts(spec: Frozen<PodSpec>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const taken = new Set<string>();
  (spec.containers ?? []).forEach((container, index) => {
    (container.ports ?? []).forEach((port, portIndex) => {
      if (!port.hostPort) return;
      const key = `${port.protocol ?? "TCP"}/${port.hostIP ?? ""}/${port.hostPort}`;
      if (taken.has(key)) errors.push(duplicate(`${at}.containers[${index}].ports[${portIndex}].hostPort`, key));
      taken.add(key);
    });
  });
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

function validateReferences(spec: Frozen<PodSpec>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const subdomains = ["serviceAccountName", "nodeName", "priorityClassName", "runtimeClassName"] as const;
  for (const name of subdomains) {
    const value = spec[name];
    if (!value) continue;
    for (const text of dnsSubdomainErrors(value)) errors.push(invalid(`${at}.${name}`, value, text));
  }
  for (const name of ["hostname", "subdomain"] as const) {
    const value = spec[name];
    if (!value) continue;
    for (const text of dnsLabelErrors(value)) errors.push(invalid(`${at}.${name}`, value, text));
  }
  return errors;
}

function validateVolumes(volumes: readonly Frozen<Volume>[], at: string): FieldError[] {
  const errors: FieldError[] = [];
  volumes.forEach((volume, index) => {
    const here = `${at}[${index}]`;
    const sources = Object.keys(volume).filter((key) => key !== "name");
    if (sources.length === 0) errors.push(required(here, "must specify a volume type"));
    for (const extra of sources.slice(1)) {
      errors.push(forbidden(`${here}.${extra}`, "may not specify more than 1 volume type"));
    }
    if (!volume.name) errors.push(required(`${here}.name`));
    else for (const text of dnsLabelErrors(volume.name)) errors.push(invalid(`${here}.name`, volume.name, text));
    addErrors(errors, validateVolumeSource(volume, here));
  });
  const names = volumes.map(({ name }) => name);
  addErrors(
    errors,
    validateUnique(names, (index) => `${at}[${index}].name`),
  );
  return errors;
}

const nodeOperators = ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"];

function validateAffinity(affinity: Frozen<Affinity> | undefined, at: string): FieldError[] {
  if (affinity === undefined) return [];
  const errors: FieldError[] = [];
  const node = affinity.nodeAffinity;
  const hard = node?.requiredDuringSchedulingIgnoredDuringExecution;
  if (hard !== undefined) {
    const here = `${at}.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
    if (hard.nodeSelectorTerms.length === 0) {
      errors.push(required(here, "must have at least one node selector term"));
    }
    hard.nodeSelectorTerms.forEach((term, index) => {
      addErrors(errors, validateNodeTerm(term, `${here}[${index}]`));
    });
  }
  node?.preferredDuringSchedulingIgnoredDuringExecution?.forEach(({ weight, preference }, index) => {
    const here = `${at}.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[${index}]`;
    addErrors(errors, [
      ...validateWeight(weight, `${here}.weight`),
      ...validateNodeTerm(preference, `${here}.preference`),
    ]);
  });
  for (const name of ["podAffinity", "podAntiAffinity"] as const) {
    const pods = affinity[name];
    pods?.requiredDuringSchedulingIgnoredDuringExecution?.forEach((term, index) => {
      const here = `${at}.${name}.requiredDuringSchedulingIgnoredDuringExecution[${index}]`;
      addErrors(errors, validatePodTerm(term, here));
    });
    pods?.preferredDuringSchedulingIgnoredDuringExecution?.forEach(({ weight, podAffinityTerm }, index) => {
      const here = `${at}.${name}.preferredDuringSchedulingIgnoredDuringExecution[${index}]`;
      addErrors(errors, validateWeight(weight, `${here}.weight`));
      addErrors(errors, validatePodTerm(podAffinityTerm, `${here}.podAffinityTerm`));
    });
  }
  return errors;
}

function validatePodTerm(term: Frozen<PodAffinityTerm>, at: string): FieldError[] {
  const { labelSelector, namespaceSelector, namespaces = [], topologyKey } = term;
  const errors: FieldError[] = [];
  if (labelSelector !== undefined) addErrors(errors, validateLabelSelector(labelSelector, `${at}.labelSelector`));
  if (namespaceSelector !== undefined) {
    addErrors(errors, validateLabelSelector(namespaceSelector, `${at}.namespaceSelector`));
  }
  for (const name of namespaces) {
    for (const text of dnsLabelErrors(name)) errors.push(invalid(`${at}.namespace`, name, text));
  }
  return [...errors, ...validateTopologyKey(topologyKey, `${at}.topologyKey`)];
}

function validateWeight(weight: number, at: string): FieldError[] {
  return weight >= 1 && weight <= 100 ? [] : [invalid(at, weight, "must be in the range 1-100")];
}

function validateTopologyKey(key: string, at: string): FieldError[] {
  if (!key) return [required(at, "can not be empty")];
  return labelKeyErrors(key).map((text) => invalid(at, key, text));
}

function validateNodeTerm(term: Frozen<NodeSelectorTerm>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  term.matchExpressions?.forEach(({ key, operator, values = [] }, index) => {
    const here = `${at}.matchExpressions[${index}]`;
    if ((operator === "In" || operator === "NotIn") && values.length === 0) {
      errors.push(required(`${here}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    } else if ((operator === "Exists" || operator === "DoesNotExist") && values.length > 0) {
      errors.push(forbidden(`${here}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
    } else if ((operator === "Gt" || operator === "Lt") && values.length !== 1) {
      errors.push(required(`${here}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
    } else if (!nodeOperators.includes(operator)) {
      errors.push(invalid(`${here}.operator`, operator, "not a valid selector operator"));
    }
    for (const text of labelKeyErrors(key)) errors.push(invalid(`${here}.key`, key, text));
    values.forEach((value, valueIndex) => {
      for (const text of labelValueErrors(value)) errors.push(invalid(`${here}.values[${valueIndex}]`, value, text));
    });
  });
  return errors;
}

const inclusionPolicies = ["Honor", "Ignore"];

/** Fields that are newer than the package that gives the others. */
interface SpreadOptions {
  readonly minDomains?: number;
  readonly whenUnsatisfiable?: string;
  readonly nodeAffinityPolicy?: string;
  readonly nodeTaintsPolicy?: string;
}

function validateSpreadOptions(options: SpreadOptions, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const { minDomains, whenUnsatisfiable } = options;
  if (minDomains !== undefined && minDomains <= 0) {
    errors.push(invalid(`${at}.minDomains`, minDomains, "must be greater than zero"));
  }
  if (minDomains !== undefined && whenUnsatisfiable !== "DoNotSchedule") {
    const text = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
    errors.push(invalid(`${at}.minDomains`, minDomains, text));
  }
  for (const name of ["nodeAffinityPolicy", "nodeTaintsPolicy"] as const) {
    const policy = options[name];
    if (policy === undefined || inclusionPolicies.includes(policy)) continue;
    errors.push(notSupported(`${at}.${name}`, policy, inclusionPolicies));
  }
  return errors;
}

const unsatisfiableActions = ["DoNotSchedule", "ScheduleAnyway"];

function validateSpread(constraints: readonly Frozen<TopologySpreadConstraint>[], at: string): FieldError[] {
  const errors: FieldError[] = [];
  constraints.forEach((constraint, index) => {
    const { maxSkew, topologyKey, whenUnsatisfiable, labelSelector } = constraint;
    const here = `${at}[${index}]`;
    if (maxSkew <= 0) errors.push(invalid(`${here}.maxSkew`, maxSkew, "must be greater than zero"));
    addErrors(errors, validateTopologyKey(topologyKey, `${here}.topologyKey`));
    if (!unsatisfiableActions.includes(whenUnsatisfiable)) {
      errors.push(notSupported(`${here}.whenUnsatisfiable`, whenUnsatisfiable, unsatisfiableActions));
    }
    addErrors(errors, validateSpreadOptions(constraint, here));
    if (labelSelector !== undefined) addErrors(errors, validateLabelSelector(labelSelector, `${here}.labelSelector`));
  });
  const keys = constraints.map(({ topologyKey, whenUnsatisfiable }) => `{${topologyKey}, ${whenUnsatisfiable}}`);
  addErrors(
    errors,
    validateUnique(keys, (index) => `${at}[${index}].{topologyKey, whenUnsatisfiable}`),
  );
  return errors;
}
