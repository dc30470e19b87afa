import { hasFailed } from "../files/errno.ts";
import type { Process } from "../kernel/process.ts";

/** Whether a process has Debian's programs, which say things in other words than BusyBox. */
export function isDebian({ kernel }: Process): boolean {
  return !hasFailed(kernel.host.tree.find("/etc/debian_version"));
}
