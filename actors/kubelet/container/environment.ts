import { type Container, type EnvVar, type Frozen, ownValue, type Pod } from "../../api/types.ts";
import { ipsOf, type SandboxStatus } from "../../cri/messages.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { fieldOf, resourceOf } from "./downward.ts";
import { type Sources, sourceKey } from "./environment_sources.ts";
import type { Expander } from "./expansion.ts";
import { hostNameOf } from "./host_name.ts";
import { serviceEnvironment } from "./service_environment.ts";

/** What an environment depends on beside the container's spec. */
export interface EnvironmentContext {
  readonly pod: Frozen<Pod>;
  readonly sandbox: SandboxStatus;
  readonly hostIps: readonly string[];
  /** Where the API is. Default: where it usually is. */
  readonly apiServiceIp?: string | undefined;
  readonly allocatable: Readonly<Record<string, string>>;
  readonly sources: Sources;
  /** What is set for the Services of its namespace. Default: nothing. */
  readonly links?: readonly (readonly [name: string, value: string])[];
}

/** Gives an expander the variables of a container; fails with the words that say why they cannot be made. */
export function setEnvironment(
  expander: Expander,
  spec: Frozen<Container>,
  context: EnvironmentContext,
): Result<undefined, string> {
  expander.set("HOSTNAME", hostNameOf(context.pod));
  for (const [name, value] of context.links ?? []) expander.set(name, value);
  for (const [name, value] of Object.entries(serviceEnvironment(context.apiServiceIp))) expander.set(name, value);
  for (const { prefix = "", configMapRef, secretRef } of spec.envFrom ?? []) {
    const key = configMapRef
      ? sourceKey("ConfigMap", configMapRef.name ?? "")
      : sourceKey("Secret", secretRef?.name ?? "");
    for (const [name, value] of Object.entries(context.sources.get(key) ?? {})) expander.set(prefix + name, value);
  }
  for (const variable of spec.env ?? []) {
    if (variable.value !== undefined) {
      expander.setExpanded(variable.name, variable.value);
      continue;
    }
    const found = valueFrom(variable, { ...context, spec });
    if (!found.ok) return found;
    if (found.value !== undefined) expander.set(variable.name, found.value);
  }
  return ok(undefined);
}

/** A pod in the node's network has the node's. */
function podIpsOf({ sandbox, hostIps }: EnvironmentContext): readonly string[] {
  const own = ipsOf(sandbox);
  return own.length > 0 ? own : hostIps;
}

type ValueContext = EnvironmentContext & { readonly spec: Frozen<Container> };

/** The value that a variable takes from elsewhere; undefined when it is optional and there is none. */
function valueFrom(
  { valueFrom: from = {} }: Frozen<EnvVar>,
  context: ValueContext,
): Result<string | undefined, string> {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = from;
  if (fieldRef) return ok(fieldOf(fieldRef.fieldPath, { ...context, podIps: podIpsOf(context) }));
  if (resourceFieldRef) return ok(resourceOf(resourceFieldRef, context));
  const ref = configMapKeyRef ?? secretKeyRef;
  if (!ref) return ok("");
  const kind = configMapKeyRef ? "ConfigMap" : "Secret";
  const found = ownValue(context.sources.get(sourceKey(kind, ref.name ?? "")), ref.key);
  if (found !== undefined || ref.optional) return ok(found);
  return failed(`couldn't find key ${ref.key} in ${kind} ${context.pod.metadata.namespace}/${ref.name}`);
}
