import type { ContainerConfig } from "../messages.ts";
import type { RuntimeNode } from "../runtime_node.ts";
import { hasFailed } from "./unix/files/errno.ts";

type Confined = Pick<ContainerConfig, "seccompFile" | "appArmor" | "appArmorProfile" | "isPrivileged">;

/**
 * Why a container cannot be made whose own profile its node does not have: a file for seccomp, which a pod may put onto
 * the node's disk, and what the kernel has loaded for AppArmor, of which a played node has none.
 */
export function absentProfile(node: RuntimeNode, config: Confined): string | undefined {
  const { seccompFile, appArmor, appArmorProfile = "", isPrivileged = false } = config;
  if (appArmor === "Localhost") {
    return `failed to get container spec opts: failed to generate apparmor spec opts: apparmor profile not found ${appArmorProfile}`;
  }
  if (seccompFile === undefined || isPrivileged || !hasFailed(node.volumes.disk().find(seccompFile))) return undefined;
  return `failed to create containerd container: cannot load seccomp profile "${seccompFile}": open ${seccompFile}: no such file or directory`;
}
