import { unitsOf } from "../api/quantity.ts";
import type { Container, Frozen } from "../api/types.ts";
import type { ContainerConfig } from "../container_runtime/messages.ts";
import { containerPermissions } from "./container_permissions.ts";
import { type EnvironmentContext, environmentOf, expand } from "./environment.ts";

/** What a container's configuration depends on beside its spec. */
export interface ConfigContext extends EnvironmentContext {
  readonly attempt: number;
}

/** What the runtime is told of a container, or why that cannot be said. */
export function containerConfig(spec: Frozen<Container>, context: ConfigContext): ContainerConfig | string {
  const env = environmentOf(spec, context);
  if (typeof env === "string") return env;
  const permissions = containerPermissions(context.pod, spec.name);
  if (typeof permissions === "string") return permissions;
  const memory = spec.resources?.limits?.memory;
  return {
    name: spec.name,
    image: spec.image ?? "",
    attempt: context.attempt,
    command: (spec.command ?? []).map((word) => expand(word, env)),
    args: (spec.args ?? []).map((word) => expand(word, env)),
    env,
    ports: (spec.ports ?? []).map(({ containerPort }) => containerPort),
    ...(memory === undefined ? {} : { memoryLimitBytes: unitsOf(memory) }),
    ...(permissions === undefined ? {} : { permissions }),
  };
}

/** When an image is pulled: as the spec says, else always for the tag `latest`. */
export function pullPolicy({ imagePullPolicy, image = "" }: Frozen<Container>): string {
  if (imagePullPolicy) return imagePullPolicy;
  const tag = /:([^/:@]+)$/.exec(image)?.[1];
  return image.includes("@") || (tag !== undefined && tag !== "latest") ? "IfNotPresent" : "Always";
}
