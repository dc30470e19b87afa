/** What a container's processes are to the others of their pod, and to files. */
export interface ProcessSettings {
  /** Who its process runs as. Default: root, of no other group. */
  readonly user?: { readonly uid: number; readonly gid: number; readonly groups?: readonly number[] };
  /** The group that its volumes are of. Default: none. */
  readonly fsGroup?: number;
  /** The domain that its host's name is in. Default: none. */
  readonly domain?: string;
  /** With whose processes its own are seen together: all of its pod, or those of one container. Default: nobody's. */
  readonly processes?: "pod" | { readonly of: string };
}
