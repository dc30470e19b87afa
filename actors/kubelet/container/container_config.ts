import type { Container, Frozen, Pod } from "../../api/types.ts";
import type { ContainerConfig } from "../../cri/messages.ts";
import { present } from "../../kit/present.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { limitsOf } from "./container_limits.ts";
import { containerMounts, type VolumePaths } from "./container_mounts.ts";
import { containerPermissions } from "./container_permissions.ts";
import { type EnvironmentContext, setEnvironment } from "./environment.ts";
import { createExpander, messageCharsMax } from "./expansion.ts";
import { oomScoreAdj } from "./oom_score.ts";
import { processSettings } from "./process_settings.ts";

/** What a container's configuration depends on beside its spec. */
export interface ConfigContext extends EnvironmentContext {
  readonly attempt: number;
  /** Somebody waits until it has ended: the rest of its pod, or a Job. */
  readonly isAwaited: boolean;
  /** Who its image's processes run as, as far as that is known. */
  readonly imageUid?: number | undefined;
  readonly volumePaths: VolumePaths;
  /** Whose the volumes of its pod's claims are said to be. */
  readonly volumeGroups: readonly number[];
  /** The memory of its node. */
  readonly memoryBytes: number;
  /** What the runtime is told of its devices. Default: it has none. */
  readonly devices?: readonly string[];
}

/** Why a container is not made: what it waits for, and the words of the event. */
export interface ConfigRefusal {
  readonly reason: "CreateContainerConfigError" | "CreateContainerError";
  readonly message: string;
}

/** What the runtime is told of a container, or why that cannot be said. */
export function containerConfig(
  spec: Frozen<Container>,
  context: ConfigContext,
): Result<ContainerConfig, ConfigRefusal> {
  const expander = createExpander();
  const variables = setEnvironment(expander, spec, context);
  if (!variables.ok) return failed({ reason: "CreateContainerConfigError", message: variables.failure });
  const rooted = rootRefusal(spec, context);
  if (rooted !== undefined) return failed({ reason: "CreateContainerConfigError", message: rooted });
  const granted = containerPermissions(context.pod, spec.name);
  if (!granted.ok) return failed({ reason: "CreateContainerConfigError", message: granted.failure });
  const permissions = granted.value;
  const command = (spec.command ?? []).map((word) => expander.word(word));
  const args = (spec.args ?? []).map((word) => expander.word(word));
  if (expander.chars() > messageCharsMax) {
    // As gRPC refuses to send it.
    const sizes = `${expander.chars()} vs. ${messageCharsMax}`;
    const message = `rpc error: code = ResourceExhausted desc = trying to send message larger than max (${sizes})`;
    return failed({ reason: "CreateContainerError", message });
  }
  const made = containerMounts(spec, { pod: context.pod, expander, paths: context.volumePaths });
  if (!made.ok) return failed({ reason: "CreateContainerConfigError", message: made.failure });
  const mounts = made.value;
  const { workingDir, stdin, stdinOnce, tty, terminationMessagePath } = spec;
  return ok({
    name: spec.name,
    image: spec.image ?? "",
    attempt: context.attempt,
    command,
    args,
    env: expander.env(),
    ...(mounts.length > 0 ? { mounts } : {}),
    ...(context.devices?.length ? { cdiDevices: context.devices } : {}),
    ...namesOf(context.pod),
    ports: (spec.ports ?? []).map(({ containerPort }) => containerPort),
    ...(stdin ? { hasInput: true } : {}),
    ...(stdin && stdinOnce ? { closesInput: true } : {}),
    ...(tty ? { hasTerminal: true } : {}),
    ...(context.isAwaited ? { isAwaited: true } : {}),
    ...present({ workingDir, terminationMessagePath, permissions }),
    ...processSettings(spec, context.pod, context.volumeGroups),
    ...(spec.securityContext?.readOnlyRootFilesystem ? { hasReadOnlyRoot: true } : {}),
    ...sysctlsOf(context.pod),
    ...limitsOf(spec.resources ?? {}, context.pod),
    oomScoreAdj: oomScoreAdj(spec, context.pod, context.memoryBytes),
  });
}

/** How a container's processes find names, where its pod says something of its own. */
function namesOf({ spec }: Frozen<Pod>): Pick<ContainerConfig, "hostAliases" | "dns"> {
  const { hostAliases, hostNetwork, dnsConfig, dnsPolicy = "ClusterFirst" } = spec;
  // A pod in the node's own network finds names as the node does, unless it says otherwise.
  const isOfNode = dnsPolicy === "Default" || (dnsPolicy === "ClusterFirst" && hostNetwork === true);
  const policy = isOfNode ? "Default" : dnsPolicy === "None" ? "None" : "ClusterFirst";
  return {
    ...(hostAliases ? { hostAliases } : {}),
    ...(dnsConfig || policy !== "ClusterFirst" ? { dns: { policy, ...dnsConfig } } : {}),
  };
}

/** What of the kernel's settings its pod has of its own. */
function sysctlsOf({ spec }: Frozen<Pod>): Pick<ContainerConfig, "sysctls"> {
  const { sysctls = [] } = spec.securityContext ?? {};
  return sysctls.length === 0 ? {} : { sysctls: sysctls.map(({ name, value }) => ({ name, value })) };
}

/** Why a container that must not run as root is not made. */
function rootRefusal({ name, securityContext = {} }: Frozen<Container>, { pod, imageUid }: ConfigContext) {
  const { metadata, spec } = pod;
  const { runAsNonRoot = spec.securityContext?.runAsNonRoot } = securityContext;
  const { runAsUser = spec.securityContext?.runAsUser } = securityContext;
  if (!runAsNonRoot || (runAsUser ?? imageUid) !== 0) return undefined;
  const which = `(pod: ${JSON.stringify(`${metadata.name}_${metadata.namespace}(${metadata.uid})`)}, container: ${name})`;
  return runAsUser === undefined
    ? `container has runAsNonRoot and image will run as root ${which}`
    : `container's runAsUser breaks non-root policy ${which}`;
}

/** When an image is pulled: as the spec says, else always for the tag `latest`. */
export function pullPolicy({
  imagePullPolicy,
  image = "",
}: {
  readonly imagePullPolicy?: string | undefined;
  readonly image?: string | undefined;
}): string {
  if (imagePullPolicy) return imagePullPolicy;
  const tag = /:([^/:@]+)$/.exec(image)?.[1];
  return image.includes("@") || (tag !== undefined && tag !== "latest") ? "IfNotPresent" : "Always";
}
