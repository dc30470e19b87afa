/**
 * The rules for what variables and files of a pod are made from: its own fields, resources, and keys of other objects.
 */
import type {
  ConfigMapKeySelector,
  EnvFromSource,
  EnvVarSource,
  ObjectFieldSelector,
  ResourceFieldSelector,
} from "kubernetes-types/core/v1.js";
import { addErrors, type FieldError, invalid, notSupported, required } from "../field_error.ts";
import type { Frozen } from "../types.ts";
import { configKeyErrors, dnsSubdomainErrors, envNameErrors, labelKeyErrors } from "./names.ts";

const ofEnvironment = [
  ...["metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName"],
  ...["status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"],
];
const ofFiles = ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];
const convertible = new Set([
  ...[...ofEnvironment, ...ofFiles],
  ...["spec.restartPolicy", "spec.schedulerName", "status.phase"],
]);
const resources = [
  ...["limits.cpu", "limits.ephemeral-storage", "limits.memory"],
  ...["requests.cpu", "requests.ephemeral-storage", "requests.memory"],
];

/** What is wrong with what a variable is made from. */
export function validateEnvSource(source: Frozen<EnvVarSource>, at: string): FieldError[] {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = source;
  return [
    ...(fieldRef ? validateFieldRef(fieldRef, { at: `${at}.fieldRef`, isFile: false }) : []),
    ...(resourceFieldRef ? validateResourceRef(resourceFieldRef, { at: `${at}.resourceFieldRef`, isFile: false }) : []),
    ...(configMapKeyRef ? keyErrors(configMapKeyRef, `${at}.configMapKeyRef`) : []),
    ...(secretKeyRef ? keyErrors(secretKeyRef, `${at}.secretKeyRef`) : []),
  ];
}

/** What is wrong with objects whose keys are all to be variables. */
export function validateEnvFrom(sources: readonly Frozen<EnvFromSource>[], at: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, { prefix = "", configMapRef, secretRef }] of sources.entries()) {
    const here = `${at}[${index}]`;
    if (prefix !== "") for (const text of envNameErrors(prefix)) errors.push(invalid(`${here}.prefix`, prefix, text));
    for (const [name, reference] of Object.entries({ configMapRef, secretRef })) {
      if (reference === undefined) continue;
      if (!reference.name) errors.push(required(`${here}.${name}.name`));
      else {
        for (const text of dnsSubdomainErrors(reference.name))
          errors.push(invalid(`${here}.${name}.name`, reference.name, text));
      }
    }
    if (!configMapRef && !secretRef) errors.push(invalid(at, "", "must specify one of: `configMapRef` or `secretRef`"));
    else if (configMapRef && secretRef) {
      errors.push(invalid(at, "", "may not have more than one field specified at a time"));
    }
  }
  return errors;
}

function keyErrors({ name = "", key = "" }: Frozen<ConfigMapKeySelector>, at: string): FieldError[] {
  const errors = dnsSubdomainErrors(name).map((text) => invalid(`${at}.name`, name, text));
  if (key === "") errors.push(required(`${at}.key`));
  else for (const text of configKeyErrors(key)) errors.push(invalid(`${at}.key`, key, text));
  return errors;
}

/** Where a reference is, and whether a file or a variable is made of it. */
export interface Referring {
  readonly at: string;
  readonly isFile: boolean;
}

/** What is wrong with a reference to a field of the pod. */
export function validateFieldRef(
  { apiVersion = "v1", fieldPath = "" }: Frozen<ObjectFieldSelector>,
  { at, isFile }: Referring,
): FieldError[] {
  if (apiVersion === "") return [required(`${at}.apiVersion`)];
  if (fieldPath === "") return [required(`${at}.fieldPath`)];
  const field = `${at}.fieldPath`;
  const [, path = fieldPath, subscript] = /^(.*)\['(.*)'\]$/.exec(fieldPath) ?? [];
  if (subscript !== undefined) {
    if (path === "metadata.labels" || path === "metadata.annotations") {
      const key = path === "metadata.labels" ? subscript : subscript.toLowerCase();
      return labelKeyErrors(key).map((text) => invalid(at, subscript, text));
    }
    if (convertible.has(path)) return [invalid(at, path, "does not support subscript")];
  }
  if (!convertible.has(fieldPath)) {
    return [invalid(field, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`)];
  }
  const known = isFile ? ofFiles : ofEnvironment;
  return known.includes(fieldPath) ? [] : [notSupported(field, fieldPath, known)];
}

const bytes = ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];

/** What is wrong with a reference to a resource of a container. */
export function validateResourceRef(
  { containerName = "", resource = "", divisor = "0" }: Frozen<ResourceFieldSelector>,
  { at, isFile }: Referring,
): FieldError[] {
  const errors: FieldError[] = [];
  const isKnown = resources.includes(resource) || /^(limits|requests)\.hugepages-/.test(resource);
  if (isFile && containerName === "") errors.push(required(`${at}.containerName`));
  else if (resource === "") errors.push(required(`${at}.resource`));
  else if (!isKnown) errors.push(notSupported(`${at}.resource`, resource, resources));
  if (String(divisor) === "0") return errors;
  addErrors(errors, divisorErrors(resource, String(divisor), `${at}.divisor`));
  return errors;
}

function divisorErrors(resource: string, divisor: string, at: string): FieldError[] {
  if (resource.endsWith(".cpu")) {
    if (divisor === "1" || divisor === "1m") return [];
    return [invalid(at, resource, "only divisor's values 1m and 1 are supported with the cpu resource")];
  }
  const what = resource.endsWith(".memory")
    ? "memory"
    : resource.endsWith(".ephemeral-storage")
      ? "local ephemeral storage"
      : undefined;
  if (what === undefined || bytes.includes(divisor)) return [];
  return [invalid(at, resource, `only divisor's values ${bytes.join(", ")} are supported with the ${what} resource`)];
}
