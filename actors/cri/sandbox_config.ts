/** What a sandbox is made from. */
export interface PodSandboxConfig {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly attempt: number;
  /** The pod shares the node's network: its sandbox has no IP of its own. */
  readonly hostNetwork?: boolean;
}
