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
  /** What its RuntimeClass says that it is run by. Default: whatever runs pods that name no class. */
  readonly runtimeHandler?: string;
  /** What its host is called. Default: as the pod. */
  readonly hostname?: string;
  /** Namespaces that it does not have of its own, beside the network's. Default: it has them. */
  readonly sharedWithNode?: readonly ("processes" | "ipc")[];
  /** Its containers see each other's processes. Default: each sees its own. */
  readonly sharesProcesses?: boolean;
  /** Its users are its own, and none of the node's. Default: they are the node's. */
  readonly hasOwnUsers?: boolean;
  /** One of its containers may do everything. Default: none may. */
  readonly isPrivileged?: boolean;
  /** Whom its processes ask for names where its policy says so. Default 10.96.0.10. */
  readonly clusterDns?: string;
  /** Settings of the kernel that it has of its own. Default: none. */
  readonly sysctls?: readonly { readonly name: string; readonly value: string }[];
}

/** A port of the node that a pod has for itself. */
export interface PortMapping {
  readonly protocol: "tcp" | "udp";
  readonly hostPort: number;
  readonly containerPort: number;
  /** The address of the node that it is at. Default: all of them. */
  readonly hostIp?: string;
}
