/** What a sandbox is made from. */
export interface PodSandboxConfig {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly attempt: number;
  /** The pod shares the node's network: its sandbox has no IP of its own. */
  readonly hostNetwork?: boolean;
  /** Ports of the node that lead to ports of the pod. Default: none. */
  readonly portMappings?: readonly PortMapping[];
}

/** A port of the node that a pod has for itself. */
export interface PortMapping {
  readonly protocol: "tcp" | "udp";
  readonly hostPort: number;
  readonly containerPort: number;
  /** The address of the node that it is at. Default: all of them. */
  readonly hostIp?: string;
}
