import type { ProcessSettings } from "../../../process_settings.ts";

/** What the kernel lets a process do beside what its user may. */
export interface Privileges {
  /** What it may use now, and what it and its children may ever have; a bit each. */
  readonly effective: bigint;
  readonly bounding: bigint;
  /** Programs of other users' run as those: false where nothing may be gained. */
  readonly mayGain: boolean;
  /** System calls are filtered. */
  readonly isFiltered: boolean;
}

/** In the order of their bits. Source: capabilities(7), linux/capability.h. */
const names =
  "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE".split(
    " ",
  );
const all = (1n << BigInt(names.length)) - 1n;
/** What containerd gives a container by itself. */
const usual = bitsOf(
  "CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE".split(
    " ",
  ),
);

function bitsOf(given: readonly string[]): bigint {
  let bits = 0n;
  for (const name of given) {
    const at = names.indexOf(name.toUpperCase().replace(/^CAP_/, ""));
    if (name.toUpperCase() === "ALL") bits |= all;
    else if (at >= 0) bits |= 1n << BigInt(at);
  }
  return bits;
}

/** What the processes of a container may: somebody who is not root has to gain it first. */
export function privilegesOf(
  { isPrivileged = false, capabilities = {}, mayNotGain = false, seccomp }: ProcessSettings,
  uid: number,
): Privileges {
  const { add = [], drop = [] } = capabilities;
  const bounding = isPrivileged ? all : (usual & ~bitsOf(drop)) | bitsOf(add);
  return {
    bounding,
    effective: uid === 0 ? bounding : 0n,
    mayGain: !mayNotGain,
    isFiltered: !isPrivileged && seccomp !== undefined,
  };
}

/** What a process may that nobody has said anything of. */
export const usualPrivileges: Privileges = privilegesOf({}, 0);

/** Whether it may change networks: `NET_ADMIN`. */
export function mayAdministerNetworks({ effective }: Privileges): boolean {
  return (effective & bitsOf(["NET_ADMIN"])) !== 0n;
}

/** Whether it may mount file systems, and enter other namespaces: `SYS_ADMIN`. */
export function mayAdministerSystem({ effective }: Privileges): boolean {
  return (effective & bitsOf(["SYS_ADMIN"])) !== 0n;
}

/** Whether it may give itself another root: `SYS_CHROOT`. */
export function mayChangeRoot({ effective }: Privileges): boolean {
  return (effective & bitsOf(["SYS_CHROOT"])) !== 0n;
}
