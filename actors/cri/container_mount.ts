/** Where a container finds what the computer has at a path. */
export interface ContainerMount {
  readonly containerPath: string;
  /** Empty where it is an image. */
  readonly hostPath: string;
  /** The image whose files it finds there, which is on the node. Default: it is what the computer has. */
  readonly image?: string;
  /** What of it: there is such a folder afterwards, when there was nothing. Default: all. */
  readonly subPath?: string;
  /** What its pod calls the volume, where a part of it is mounted. */
  readonly volume?: string;
  readonly isReadOnly: boolean;
  /** So is what is mounted below it. Default false. */
  readonly isAllReadOnly?: boolean;
  /** Whether what is mounted below it later is seen by the other of container and computer. Default: by neither. */
  readonly propagation?: "HostToContainer" | "Bidirectional";
}
