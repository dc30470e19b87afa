/** An image that somebody wants, and what is to run it: each runtime of a node has images of its own. */
export interface ImageWanted {
  readonly image: string;
  /** Default: whatever runs pods that name no RuntimeClass. */
  readonly runtimeHandler?: string;
}

/** As whom somebody pulls from a registry. */
export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
}

/** An image on a node. */
export interface ImageFound {
  /** `docker.io/library/nginx@sha256:...`. */
  readonly imageRef: string;
  readonly sizeBytes: number;
  /** Who its processes run as, as far as that is known. */
  readonly uid?: number;
}

/** An image of a node's list, whatever names it. */
export interface ImageListed {
  /** `sha256:...`: no other image of the runtime has it. */
  readonly id: string;
  /** `docker.io/library/nginx:latest`, ... */
  readonly repoTags: readonly string[];
  /** `docker.io/library/nginx@sha256:...`, ... */
  readonly repoDigests: readonly string[];
  readonly sizeBytes: number;
  /** It may not be removed: it is not only this node's. Default: it may. */
  readonly isPinned?: true;
}
