/** Who the first process of a container is, and of all groups it is of, its own first. */
export interface ContainerUser {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/** What a container's processes are to the others of their pod, and to files. */
export interface ProcessSettings {
  /** Who its process runs as. Default: whom its image says, of no other group. */
  readonly user?: {
    readonly uid?: number;
    readonly gid?: number;
    readonly groups?: readonly number[];
    /** It is of no group that its image alone names. Default: of those, too. */
    readonly isOfTheseAlone?: boolean;
  };
  /** The group that its volumes are of. Default: none. */
  readonly fsGroup?: number;
  /** The domain that its host's name is in. Default: none. */
  readonly domain?: string;
  /**
   * With whose processes its own are seen together: all of its computer, all of its pod, or those of one container.
   * Default: nobody's.
   */
  readonly processes?: "host" | "pod" | { readonly of: string };
  /** It may whatever the computer's root may. Default false. */
  readonly isPrivileged?: boolean;
  /** What it may beside what a runtime gives, and what of that not: `NET_ADMIN`. Default: as the runtime has it. */
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  /** Its processes become nobody who may more. Default false. */
  readonly mayNotGain?: boolean;
  /** By whose profile its system calls are filtered. Default: they are not. */
  readonly seccomp?: "RuntimeDefault" | "Localhost";
  /** Where the node has that profile. */
  readonly seccompFile?: string;
  /** By whose profile of AppArmor it is confined. Default: as the runtime has it. */
  readonly appArmor?: "RuntimeDefault" | "Localhost" | "Unconfined";
  /** What that profile is called where the node has loaded it. */
  readonly appArmorProfile?: string;
  /** Nothing of `/proc` is hidden from it. Default false. */
  readonly seesAllOfProc?: boolean;
}
