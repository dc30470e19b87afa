import { unitsOf } from "../api/quantity.ts";
import type { Container, EnvVar, Frozen, Pod } from "../api/types.ts";
import type { ContainerConfig, SandboxStatus } from "../container_runtime/messages.ts";
import { serviceEnvironment } from "./service_environment.ts";

/** What a container's configuration depends on beside its spec. */
export interface ConfigContext {
  readonly pod: Frozen<Pod>;
  readonly sandbox: SandboxStatus;
  readonly attempt: number;
  readonly hostIp: string;
}

/** What the runtime is told of a container. */
export function containerConfig(spec: Frozen<Container>, context: ConfigContext): ContainerConfig {
  const env: Record<string, string> = { HOSTNAME: hostnameOf(context.pod), ...serviceEnvironment };
  for (const variable of spec.env ?? []) env[variable.name] = valueIn(variable, env, context);
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
  };
}

/** What a pod's processes find the name of their host to be; names of hosts end after 63 characters. */
function hostnameOf({ metadata, spec }: Frozen<Pod>): string {
  const name = spec.hostNetwork ? spec.nodeName : (spec.hostname ?? metadata.name);
  return (name ?? "").slice(0, 63).replace(/[-.]+$/, "");
}

function valueIn(variable: Frozen<EnvVar>, env: Readonly<Record<string, string>>, context: ConfigContext): string {
  if (variable.value !== undefined) return expand(variable.value, env);
  const path = variable.valueFrom?.fieldRef?.fieldPath;
  return path === undefined ? "" : fieldOf(path, context);
}

/** The downward API. */
function fieldOf(path: string, { pod, sandbox, hostIp }: ConfigContext): string {
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

/** Replaces `$(NAME)` by what is known of it; `$$` stands for a dollar sign. */
function expand(text: string, env: Readonly<Record<string, string>>): string {
  if (!text.includes("$")) return text;
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) =>
    name === undefined ? "$" : (env[name] ?? whole),
  );
}

/** When an image is pulled: as the spec says, else always for the tag `latest`. */
export function pullPolicy({ imagePullPolicy, image = "" }: Frozen<Container>): string {
  if (imagePullPolicy) return imagePullPolicy;
  const tag = /:([^/:@]+)$/.exec(image)?.[1];
  return image.includes("@") || (tag !== undefined && tag !== "latest") ? "IfNotPresent" : "Always";
}
