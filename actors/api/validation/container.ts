/**
 * The rules for one container of a pod.
 */

import type { FieldError } from "../field_error.ts";
import { addErrors, duplicate, forbidden, invalid, notFoundField, notSupported, required } from "../field_error.ts";
import type { OwnRestarts } from "../restart_rules.ts";
import type { Container, ContainerPort, EnvVar, Frozen, Probe, Volume } from "../types.ts";
import { validateEnvFrom, validateEnvSource } from "./field_references.ts";
import { type Handler, validateHandler, validateLifecycle } from "./handlers.ts";
import { validateNonNegative } from "./metadata.ts";
import { dnsLabelErrors, envNameErrors, portNameErrors, portNumberErrors } from "./names.ts";
import { localPathErrors } from "./paths.ts";
import { validateResources } from "./resources.ts";
import { validateRestarts } from "./restart_rules.ts";
import { validateSecurityContext } from "./security_context.ts";

const pullPolicies = ["Always", "IfNotPresent", "Never"];
const messagePolicies = ["FallbackToLogsOnError", "File"];
const resizableResources = ["cpu", "memory"];
const resizePolicies = ["NotRequired", "RestartContainer"];
const propagations = ["Bidirectional", "HostToContainer", "None"];
const recursions = ["Disabled", "Enabled", "IfPossible"];
const protocols = ["SCTP", "TCP", "UDP"];

/** Where a container stands in its pod. */
export interface ContainerContext {
  at: string;
  init: boolean;
  /** The pod's volumes that can be mounted, by name. */
  volumes: ReadonlyMap<string, Frozen<Volume>>;
  /** The names of the pod's claims. */
  claims: ReadonlySet<string>;
  /** The names of the containers before this one. */
  names: ReadonlySet<string>;
  podRestartPolicy?: string | undefined;
  /** Whether the pod has its node's users. */
  hostUsers: boolean;
  /** How long the pod has to end. Default: nobody knows. */
  graceSeconds?: number | undefined;
}

/** What is wrong with a container. */
export function validateContainer(container: Frozen<Container>, context: ContainerContext): FieldError[] {
  const { at, init, names } = context;
  const { name } = container;
  const errors = validateCommon(container, context);
  if (name && names.has(name)) errors.push(duplicate(`${at}.name`, name));
  addErrors(errors, validateHooks(container, context));
  addErrors(errors, validateProbes(container, { at, init }));
  addErrors(errors, validateRestarts(container as OwnRestarts, at));
  return errors;
}

/** What is wrong with an image of a pod: of a template's nothing is said, as some have a space there for a sign. */
export function imageSpaceErrors({ image = "" }: { readonly image?: string }, at: string): FieldError[] {
  return image === image.trim() ? [] : [invalid(`${at}.image`, image, "must not have leading or trailing whitespace")];
}

/** What is wrong with what containers of all sorts have. */
export function validateCommon(container: Frozen<Container>, context: ContainerContext): FieldError[] {
  const { at } = context;
  const { name, image, imagePullPolicy, terminationMessagePolicy } = container;
  const errors: FieldError[] = [];
  if (!name) errors.push(required(`${at}.name`));
  else for (const text of dnsLabelErrors(name)) errors.push(invalid(`${at}.name`, name, text));
  if (!image) errors.push(required(`${at}.image`));
  if (!terminationMessagePolicy) errors.push(required(`${at}.terminationMessagePolicy`));
  else if (!messagePolicies.includes(terminationMessagePolicy)) {
    errors.push(notSupported(`${at}.terminationMessagePolicy`, terminationMessagePolicy, messagePolicies));
  }
  addErrors(errors, validatePorts(container.ports ?? [], `${at}.ports`));
  addErrors(errors, validateEnv(container.env ?? [], `${at}.env`));
  addErrors(errors, validateEnvFrom(container.envFrom ?? [], `${at}.envFrom`));
  addErrors(errors, validateMounts(container, context));
  addErrors(errors, validateDevices(container, context));
  if (!imagePullPolicy) errors.push(required(`${at}.imagePullPolicy`));
  else if (!pullPolicies.includes(imagePullPolicy)) {
    errors.push(notSupported(`${at}.imagePullPolicy`, imagePullPolicy, pullPolicies));
  }
  addErrors(errors, validateResources(container.resources, `${at}.resources`, context.claims));
  addErrors(errors, validateResizePolicy(container.resizePolicy ?? [], context));
  addErrors(errors, validateSecurityContext(container.securityContext, `${at}.securityContext`, context.hostUsers));
  return errors;
}

function validatePorts(ports: readonly Frozen<ContainerPort>[], at: string): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  ports.forEach(({ name, containerPort, hostPort, protocol }, index) => {
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

/** Fields that are newer than the package that gives the others. */
interface NewerMount {
  readonly recursiveReadOnly?: string;
}

function validateMounts(
  { volumeMounts = [], volumeDevices = [], securityContext: { privileged } = {} }: Frozen<Container>,
  { at, volumes }: ContainerContext,
): FieldError[] {
  const errors: FieldError[] = [];
  const paths = new Set<string>();
  const devices = new Map(volumeDevices.map(({ name, devicePath }) => [name, devicePath]));
  const devicePaths = new Set(devices.values());
  // As in Kubernetes, what is wrong with these is told of without its place.
  const all = `${at}.volumeMounts`;
  for (const [index, mount] of volumeMounts.entries()) {
    const { name, mountPath, subPath, subPathExpr, mountPropagation } = mount;
    const here = `${all}[${index}]`;
    if (!name) errors.push(required(`${here}.name`));
    if (!volumes.has(name)) errors.push(notFoundField(`${here}.name`, name));
    if (!mountPath) errors.push(required(`${here}.mountPath`));
    if (paths.has(mountPath)) errors.push(invalid(`${here}.mountPath`, mountPath, "must be unique"));
    paths.add(mountPath);
    if (devices.has(name)) errors.push(invalid(`${here}.name`, name, "must not already exist in volumeDevices"));
    if (devicePaths.has(mountPath)) {
      errors.push(invalid(`${here}.mountPath`, mountPath, "must not already exist as a path in volumeDevices"));
    }
    addErrors(errors, localPathErrors(subPath ?? "", `${all}.subPath`));
    if (subPath && subPathExpr) {
      errors.push(invalid(`${here}.subPathExpr`, subPathExpr, "subPathExpr and subPath are mutually exclusive"));
    }
    addErrors(errors, localPathErrors(subPathExpr ?? "", `${all}.subPathExpr`));
    if (mountPropagation !== undefined && !propagations.includes(mountPropagation)) {
      errors.push(notSupported(`${all}.mountPropagation`, mountPropagation, propagations));
    }
    if (mountPropagation === "Bidirectional" && privileged !== true) {
      const text = "Bidirectional mount propagation is available only to privileged containers";
      errors.push(forbidden(`${all}.mountPropagation`, text));
    }
    addErrors(errors, recursionErrors(mount, `${all}.recursiveReadOnly`));
  }
  return errors;
}

function recursionErrors(mount: NonNullable<Frozen<Container>["volumeMounts"]>[number], at: string): FieldError[] {
  const { recursiveReadOnly: recursion } = mount as NewerMount;
  if (recursion === undefined || recursion === "Disabled") return [];
  if (!recursions.includes(recursion)) return [notSupported(at, recursion, recursions)];
  const { readOnly, mountPropagation = "None" } = mount;
  return [
    ...(readOnly === true ? [] : [forbidden(at, "may only be specified when readOnly is true")]),
    ...(mountPropagation === "None"
      ? []
      : [forbidden(at, "may only be specified when mountPropagation is None or not specified")]),
  ];
}

function validateResizePolicy(
  policies: NonNullable<Frozen<Container>["resizePolicy"]>,
  { at, podRestartPolicy }: ContainerContext,
): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  const here = `${at}.resizePolicy`;
  const judge = (value: string, known: readonly string[]) => {
    if (!known.includes(value)) errors.push(value === "" ? required(here) : notSupported(here, value, known));
  };
  for (const [index, { resourceName = "", restartPolicy = "" }] of policies.entries()) {
    if (names.has(resourceName)) errors.push(duplicate(`${here}[${index}]`, resourceName));
    names.add(resourceName);
    judge(resourceName, resizableResources);
    judge(restartPolicy, resizePolicies);
    if (podRestartPolicy === "Never" && restartPolicy !== "NotRequired") {
      errors.push(invalid(here, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
    }
  }
  return errors;
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
  const mounts = new Map(volumeMounts.map(({ name, mountPath }) => [name, mountPath]));
  const mountPaths = new Set(mounts.values());
  for (const [index, { name = "", devicePath = "" }] of volumeDevices.entries()) {
    const here = `${context.at}.volumeDevices[${index}]`;
    const volume = context.volumes.get(name);
    if (name === "") errors.push(required(`${here}.name`));
    if (names.has(name)) errors.push(invalid(`${here}.name`, name, "must be unique"));
    if (volume === undefined) errors.push(notFoundField(`${here}.name`, name));
    else if (volume.persistentVolumeClaim === undefined && volume.ephemeral === undefined) {
      const text = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode";
      errors.push(invalid(`${here}.name`, name, text));
    }
    if (devicePath === "") errors.push(required(`${here}.devicePath`));
    if (paths.has(devicePath)) errors.push(invalid(`${here}.devicePath`, devicePath, "must be unique"));
    if (devicePath.split("/").includes("..")) {
      errors.push(invalid(`${here}.devicePath`, devicePath, "can not contain backsteps ('..')"));
    } else paths.add(devicePath);
    if (mounts.has(name)) errors.push(invalid(`${here}.name`, name, "must not already exist in volumeMounts"));
    if (mountPaths.has(devicePath)) {
      errors.push(invalid(`${here}.devicePath`, devicePath, "must not already exist as a path in volumeMounts"));
    }
    if (name !== "") names.add(name);
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
