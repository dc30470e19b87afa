import { allows, permissionNames } from "../../runtime/mod.ts";
import { type ContainerConfig, permissionsAnnotation } from "./messages.ts";
import type { RuntimeNode, Sandbox } from "./runtime_node.ts";
import type { PodSandboxConfig } from "./sandbox_config.ts";

/** How a container is called in refusals: `namespace/pod/container`. */
export function containerName({ namespace, name }: PodSandboxConfig, container: string): string {
  return `${namespace}/${name}/${container}`;
}

/** Why a container cannot get what its pod grants it: a computer gives no more than it holds itself. */
export function permissionsRefusal(
  node: RuntimeNode,
  { status }: Sandbox,
  config: ContainerConfig,
): string | undefined {
  const { permissions } = config;
  if (!permissions) return undefined;
  const held = node.host.permissions;
  for (const name of permissionNames) {
    const scope = (permissions[name] ?? []).find((each) => !allows(held, { name, scope: each }));
    if (scope === undefined) continue;
    const allow = /^[\w./:*-]+$/.test(scope) && scope !== "*" ? `${name}=${scope}` : `'${name}=${scope}'`;
    return `Cannot grant permission to container "${containerName(status.pod, config.name)}": annotation ${permissionsAnnotation} asks for "${name}" of "${scope}", which the computers of this cluster do not hold, start the cluster with troupe up --allow ${allow}`;
  }
  return undefined;
}
