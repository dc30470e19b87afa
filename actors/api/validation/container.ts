/**
 * The rules for one container of a pod.
 */

import type { FieldError } from "../field_error.ts";
import { addErrors, duplicate, forbidden, invalid, notFoundField, notSupported, required } from "../field_error.ts";
import { compareQuantities, formatQuantity, parseQuantity, quantityFormatError } from "../quantity.ts";
import type { OwnRestarts } from "../restart_rules.ts";
import {
  type Container,
  type ContainerPort,
  type EnvVar,
  type Frozen,
  ownValue,
  type Probe,
  type ResourceRequirements,
} from "../types.ts";
import { ipErrors } from "./addresses.ts";
import { validateEnvFrom, validateEnvSource } from "./field_references.ts";
import { type Handler, validateHandler, validateLifecycle } from "./handlers.ts";
import { validateNonNegative } from "./metadata.ts";
import { dnsLabelErrors, envNameErrors, labelKeyErrors, portNameErrors, portNumberErrors } from "./names.ts";
import { validateRestarts } from "./restart_rules.ts";
import { validateSecurityContext } from "./security_context.ts";

const pullPolicies = ["Always", "IfNotPresent", "Never"];
const messagePolicies = ["FallbackToLogsOnError", "File"];
const resizableResources = ["cpu", "memory"];
const resizePolicies = ["NotRequired", "RestartContainer"];
const propagations = ["Bidirectional", "HostToContainer", "None"];
const protocols = ["SCTP", "TCP", "UDP"];
const standardResources: ReadonlySet<string> = new Set(["cpu", "memory", "ephemeral-storage"]);

/** Where a container stands in its pod. */
export interface ContainerContext {
  at: string;
  init: boolean;
  /** The names of the pod's volumes. */
  volumes: ReadonlySet<string>;
  /** The names of the containers before this one. */
  names: ReadonlySet<string>;
  podRestartPolicy?: string | undefined;
  /** How long the pod has to end. Default: nobody knows. */
  graceSeconds?: number | undefined;
}

/** What is wrong with a container. */
export function validateContainer(container: Frozen<Container>, context: ContainerContext): FieldError[] {
  const { at, init, volumes, names } = context;
  const { name, image, imagePullPolicy, terminationMessagePolicy } = container;
  const errors: FieldError[] = [];
  if (!name) errors.push(required(`${at}.name`));
  else for (const text of dnsLabelErrors(name)) errors.push(invalid(`${at}.name`, name, text));
  if (name && names.has(name)) errors.push(duplicate(`${at}.name`, name));
  if (!image) errors.push(required(`${at}.image`));
  else if (image !== image.trim()) {
    errors.push(invalid(`${at}.image`, image, "must not have leading or trailing whitespace"));
  }
  if (!terminationMessagePolicy) errors.push(required(`${at}.terminationMessagePolicy`));
  else if (!messagePolicies.includes(terminationMessagePolicy)) {
    errors.push(notSupported(`${at}.terminationMessagePolicy`, terminationMessagePolicy, messagePolicies));
  }
  addErrors(errors, validatePorts(container.ports ?? [], `${at}.ports`));
  addErrors(errors, validateEnv(container.env ?? [], `${at}.env`));
  addErrors(errors, validateEnvFrom(container.envFrom ?? [], `${at}.envFrom`));
  addErrors(errors, validateMounts(container, { at, volumes }));
  if (!imagePullPolicy) errors.push(required(`${at}.imagePullPolicy`));
  else if (!pullPolicies.includes(imagePullPolicy)) {
    errors.push(notSupported(`${at}.imagePullPolicy`, imagePullPolicy, pullPolicies));
  }
  addErrors(errors, validateResources(container.resources, `${at}.resources`));
  addErrors(errors, validateResizePolicy(container.resizePolicy ?? [], context));
  addErrors(errors, validateProbes(container, { at, init }));
  addErrors(errors, validateHooks(container, context));
  addErrors(errors, validateRestarts(container as OwnRestarts, at));
  addErrors(errors, validateDevices(container, context));
  addErrors(errors, validateSecurityContext(container.securityContext, `${at}.securityContext`));
  return errors;
}

function validatePorts(ports: readonly Frozen<ContainerPort>[], at: string): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  ports.forEach(({ name, containerPort, hostPort, protocol, hostIP }, index) => {
    const here = `${at}[${index}]`;
    if (name) {
      const texts = portNameErrors(name);
      if (texts.length > 0) for (const text of texts) errors.push(invalid(`${here}.name`, name, text));
      else if (names.has(name)) errors.push(duplicate(`${here}.name`, name));
      names.add(name);
    }
    if (!containerPort) errors.push(required(`${here}.containerPort`));
    else
      for (const text of portNumberErrors(containerPort)) {
        errors.push(invalid(`${here}.containerPort`, containerPort, text));
      }
    if (hostPort)
      for (const text of portNumberErrors(hostPort)) errors.push(invalid(`${here}.hostPort`, hostPort, text));
    if (hostIP) for (const text of ipErrors(hostIP)) errors.push(invalid(`${here}.hostIP`, hostIP, text));
    if (!protocol) errors.push(required(`${here}.protocol`));
    else if (!protocols.includes(protocol)) errors.push(notSupported(`${here}.protocol`, protocol, protocols));
  });
  return errors;
}

function validateEnv(env: readonly Frozen<EnvVar>[], at: string): FieldError[] {
  const errors: FieldError[] = [];
  env.forEach(({ name, value, valueFrom }, index) => {
    const here = `${at}[${index}]`;
    if (!name) errors.push(required(`${here}.name`));
    else for (const text of envNameErrors(name)) errors.push(invalid(`${here}.name`, name, text));
    if (valueFrom === undefined) return;
    addErrors(errors, validateEnvSource(valueFrom, `${here}.valueFrom`));
    const sources = Object.keys(valueFrom).length;
    const field = `${here}.valueFrom`;
    if (sources === 0) {
      const text = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`";
      errors.push(invalid(field, "", text));
    } else if (value) errors.push(invalid(field, "", "may not be specified when `value` is not empty"));
    else if (sources > 1) errors.push(invalid(field, "", "may not have more than one field specified at a time"));
  });
  return errors;
}

function validateMounts(
  { volumeMounts = [], securityContext: { privileged } = {} }: Frozen<Container>,
  context: { at: string; volumes: ReadonlySet<string> },
): FieldError[] {
  const errors: FieldError[] = [];
  const paths = new Set<string>();
  volumeMounts.forEach(({ name, mountPath, subPath, subPathExpr, mountPropagation }, index) => {
    const here = `${context.at}.volumeMounts[${index}]`;
    if (!name) errors.push(required(`${here}.name`));
    if (!context.volumes.has(name)) errors.push(notFoundField(`${here}.name`, name));
    if (!mountPath) errors.push(required(`${here}.mountPath`));
    if (paths.has(mountPath)) errors.push(invalid(`${here}.mountPath`, mountPath, "must be unique"));
    paths.add(mountPath);
    // As in Kubernetes, these two are told of without their place.
    const all = `${context.at}.volumeMounts`;
    if (subPath && subPathExpr) {
      errors.push(invalid(`${all}.subPathExpr`, subPathExpr, "subPathExpr and subPath are mutually exclusive"));
    }
    if (mountPropagation !== undefined && !propagations.includes(mountPropagation)) {
      errors.push(notSupported(`${all}.mountPropagation`, mountPropagation, propagations));
    }
    if (mountPropagation === "Bidirectional" && privileged !== true) {
      const text = "Bidirectional mount propagation is available only to privileged containers";
      errors.push(forbidden(`${all}.mountPropagation`, text));
    }
    if (subPath?.startsWith("/")) errors.push(invalid(`${here}.subPath`, subPath, "must be a relative path"));
    if (subPath?.split("/").includes("..")) errors.push(invalid(`${here}.subPath`, subPath, "must not contain '..'"));
  });
  return errors;
}

/** What is wrong with what a container, or a pod as a whole, asks for and may have. */
export function validateResources(resources: Frozen<ResourceRequirements> | undefined, at: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const list of ["limits", "requests"] as const) {
    const amounts = resources?.[list];
    for (const name in amounts) {
      const here = `${at}.${list}[${name}]`;
      addErrors(errors, [...validateResourceName(name, here), ...validateAmount(amounts[name] ?? "", here)]);
    }
  }
  for (const name in resources?.requests) {
    const request = parseQuantity(resources?.requests?.[name] ?? "");
    const limit = parseQuantity(ownValue(resources?.limits, name) ?? "");
    if (request === undefined || limit === undefined || compareQuantities(request, limit) <= 0) continue;
    const text = `must be less than or equal to ${name} limit of ${formatQuantity(limit)}`;
    errors.push(invalid(`${at}.requests`, formatQuantity(request), text));
  }
  return errors;
}

function validateResizePolicy(
  policies: NonNullable<Frozen<Container>["resizePolicy"]>,
  { at, podRestartPolicy }: ContainerContext,
): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const { resourceName, restartPolicy } of policies) {
    const here = `${at}.resizePolicy`;
    if (names.has(resourceName)) errors.push(duplicate(here, resourceName));
    names.add(resourceName);
    if (!resizableResources.includes(resourceName)) errors.push(notSupported(here, resourceName, resizableResources));
    if (!resizePolicies.includes(restartPolicy)) errors.push(notSupported(here, restartPolicy, resizePolicies));
    if (podRestartPolicy === "Never" && restartPolicy !== "NotRequired") {
      errors.push(invalid(here, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
    }
  }
  return errors;
}

function validateResourceName(name: string, at: string): FieldError[] {
  const errors = labelKeyErrors(name).map((text) => invalid(at, name, text));
  if (errors.length > 0 || name.includes("/")) return errors;
  if (standardResources.has(name) || name.startsWith("hugepages-")) return [];
  return [
    invalid(at, name, "must be a standard resource type or fully qualified"),
    invalid(at, name, "must be a standard resource for containers"),
  ];
}

function validateAmount(text: string, at: string): FieldError[] {
  const quantity = parseQuantity(text);
  if (quantity === undefined) return [invalid(at, text, quantityFormatError)];
  if (quantity.nanos >= 0n) return [];
  return [invalid(at, formatQuantity(quantity), "must be greater than or equal to 0")];
}

/** What begins and ends with a container, and how often it runs. */
function validateHooks(container: Frozen<Container>, { at, init, graceSeconds }: ContainerContext): FieldError[] {
  const { lifecycle } = container;
  const { restartPolicy } = container as { readonly restartPolicy?: string };
  if (lifecycle === undefined) return [];
  if (init && restartPolicy !== "Always") {
    return [forbidden(`${at}.lifecycle`, "may not be set for init containers without restartPolicy=Always")];
  }
  return validateLifecycle(lifecycle, { at: `${at}.lifecycle`, graceSeconds });
}

function validateDevices({ volumeDevices = [], volumeMounts = [] }: Frozen<Container>, context: ContainerContext) {
  const errors: FieldError[] = [];
  const [names, paths] = [new Set<string>(), new Set<string>()];
  for (const [index, { name = "", devicePath = "" }] of volumeDevices.entries()) {
    const here = `${context.at}.volumeDevices[${index}]`;
    if (name === "") errors.push(required(`${here}.name`));
    if (names.has(name)) errors.push(invalid(`${here}.name`, name, "must be unique"));
    if (!context.volumes.has(name)) errors.push(notFoundField(`${here}.name`, name));
    if (devicePath === "") errors.push(required(`${here}.devicePath`));
    if (paths.has(devicePath)) errors.push(invalid(`${here}.devicePath`, devicePath, "must be unique"));
    if (devicePath.split("/").includes("..")) {
      errors.push(invalid(`${here}.devicePath`, devicePath, "can not contain backsteps ('..')"));
    }
    if (volumeMounts.some((each) => each.name === name)) {
      errors.push(invalid(`${here}.name`, name, "must not already exist in volumeMounts"));
    }
    names.add(name);
    paths.add(devicePath);
  }
  return errors;
}

const probeNumbers = [
  "initialDelaySeconds",
  "timeoutSeconds",
  "periodSeconds",
  "successThreshold",
  "failureThreshold",
] as const;
const handlers = ["exec", "httpGet", "tcpSocket", "grpc"] as const;

function validateProbes(container: Frozen<Container>, context: { at: string; init: boolean }): FieldError[] {
  const errors: FieldError[] = [];
  const sidecar = container.restartPolicy === "Always";
  for (const name of ["livenessProbe", "readinessProbe", "startupProbe"] as const) {
    const probe = container[name];
    if (probe === undefined) continue;
    const here = `${context.at}.${name}`;
    if (context.init && !sidecar) {
      errors.push(forbidden(here, "may not be set for init containers without restartPolicy=Always"));
      continue;
    }
    addErrors(errors, validateProbe(probe, here));
    if (name === "readinessProbe" && probe.terminationGracePeriodSeconds !== undefined) {
      const text = "must not be set for readinessProbes";
      errors.push(invalid(`${here}.terminationGracePeriodSeconds`, probe.terminationGracePeriodSeconds, text));
    }
    if (name !== "readinessProbe" && probe.successThreshold !== 1) {
      errors.push(invalid(`${here}.successThreshold`, probe.successThreshold, "must be 1"));
    }
  }
  return errors;
}

function validateProbe(probe: Frozen<Probe>, at: string): FieldError[] {
  const errors = validateHandler(probe as Handler, { at, sorts: handlers });
  for (const name of probeNumbers) addErrors(errors, validateNonNegative(probe[name], `${at}.${name}`));
  const { terminationGracePeriodSeconds: seconds } = probe;
  if (seconds !== undefined && seconds <= 0) {
    errors.push(invalid(`${at}.terminationGracePeriodSeconds`, seconds, "must be greater than 0"));
  }
  return errors;
}
