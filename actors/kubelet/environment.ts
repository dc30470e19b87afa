import { millisOf } from "../api/quantity.ts";
import type { Container, EnvVar, Frozen, Pod } from "../api/types.ts";
import type { SandboxStatus } from "../container_runtime/messages.ts";
import { type Sources, sourceKey } from "./environment_sources.ts";
import { serviceEnvironment } from "./service_environment.ts";

/** What an environment depends on beside the container's spec. */
export interface EnvironmentContext {
  readonly pod: Frozen<Pod>;
  readonly sandbox: SandboxStatus;
  readonly hostIp: string;
  readonly allocatable: Readonly<Record<string, string>>;
  readonly sources: Sources;
}

type Environment = Record<string, string>;

/** The environment of a container, or why it cannot be made. */
export function environmentOf(spec: Frozen<Container>, context: EnvironmentContext): Environment | string {
  const env: Environment = { HOSTNAME: hostnameOf(context.pod), ...serviceEnvironment };
  for (const { prefix = "", configMapRef, secretRef } of spec.envFrom ?? []) {
    const key = configMapRef
      ? sourceKey("ConfigMap", configMapRef.name ?? "")
      : sourceKey("Secret", secretRef?.name ?? "");
    for (const [name, value] of Object.entries(context.sources.get(key) ?? {})) env[prefix + name] = value;
  }
  for (const variable of spec.env ?? []) {
    const found = resolve(variable, { ...context, spec, env });
    if (typeof found === "string") env[variable.name] = found;
    else if (found?.error !== undefined) return found.error;
  }
  return env;
}

type ValueContext = EnvironmentContext & { readonly spec: Frozen<Container>; readonly env: Readonly<Environment> };

/** The value of a variable; undefined when it is optional and there is none. */
function resolve(
  { value, valueFrom = {} }: Frozen<EnvVar>,
  context: ValueContext,
): string | { readonly error: string } | undefined {
  if (value !== undefined) return expand(value, context.env);
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  if (fieldRef) return fieldOf(fieldRef.fieldPath, context);
  if (resourceFieldRef) return resourceOf(resourceFieldRef, context);
  const ref = configMapKeyRef ?? secretKeyRef;
  if (!ref) return "";
  const kind = configMapKeyRef ? "ConfigMap" : "Secret";
  const found = context.sources.get(sourceKey(kind, ref.name ?? ""))?.[ref.key];
  if (found !== undefined || ref.optional) return found;
  return { error: `couldn't find key ${ref.key} in ${kind} ${context.pod.metadata.namespace}/${ref.name}` };
}

/** What a pod's processes find the name of their host to be; names of hosts end after 63 characters. */
function hostnameOf({ metadata, spec }: Frozen<Pod>): string {
  const name = spec.hostNetwork ? spec.nodeName : (spec.hostname ?? metadata.name);
  return (name ?? "").slice(0, 63).replace(/[-.]+$/, "");
}

/** The downward API. */
function fieldOf(path: string, { pod, sandbox, hostIp }: EnvironmentContext): string {
  const { metadata, spec } = pod;
  const [, map, key = ""] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? [];
  if (map === "labels") return metadata.labels?.[key] ?? "";
  if (map === "annotations") return metadata.annotations?.[key] ?? "";
  const fields: Readonly<Record<string, string | undefined>> = {
    "metadata.name": metadata.name,
    "metadata.namespace": metadata.namespace,
    "metadata.uid": metadata.uid,
    "spec.nodeName": spec.nodeName,
    "spec.serviceAccountName": spec.serviceAccountName,
    "status.hostIP": hostIp,
    "status.hostIPs": hostIp,
    "status.podIP": sandbox.ip || hostIp,
    "status.podIPs": sandbox.ip || hostIp,
  };
  return fields[path] ?? "";
}

/** What a container may use or has asked for, in whole divisors, rounded up; without a limit, what the node has. */
function resourceOf(
  { resource, divisor }: { readonly resource: string; readonly divisor?: string },
  { spec, allocatable }: ValueContext,
): string {
  const [list = "", name = ""] = resource.split(".", 2);
  const { limits = {}, requests = {} } = spec.resources ?? {};
  const amount = list === "limits" ? (limits[name] ?? allocatable[name]) : (requests[name] ?? limits[name] ?? "0");
  const unit = divisor === undefined || divisor === "0" ? "1" : divisor;
  return String(Math.ceil(millisOf(amount) / Math.max(1, millisOf(unit))));
}

/** Replaces `$(NAME)` by what is known of it; `$$` stands for a dollar sign. */
export function expand(text: string, env: Readonly<Environment>): string {
  if (!text.includes("$")) return text;
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) =>
    name === undefined ? "$" : (env[name] ?? whole),
  );
}
