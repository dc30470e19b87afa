import type { MeasureAnswer, VolumeAnswer, VolumeRequest } from "../computer/messages.ts";
import type { DatagramRequest } from "../network/datagram.ts";
import type { StreamClient, StreamServer } from "./container_image.ts";
import type {
  AddressAnswer,
  ContainerStatus,
  CriBackend,
  LogAnswer,
  LogRequest,
  SandboxStatus,
  SocketAnswer,
  SocketRequest,
} from "./messages.ts";
import type { ProcessWish } from "./process_wish.ts";
import type { RuntimeNode } from "./runtime_node.ts";
import type { Sockets } from "./sockets/sockets.ts";

/** A runtime outside of the cluster, whose containers are real. */
export interface RealRuntime {
  /** Whether it runs the pods that name no RuntimeClass. */
  readonly isDefault: boolean;
  /** Begins one life of a computer: whatever it has of that computer's earlier ones is removed first. */
  open(node: RuntimeNode, sockets: Sockets): RealNode;
}

/** A node as a real runtime has it, in one life of its computer. */
export interface RealNode {
  /** The calls about what it has; it lists its own. */
  readonly calls: CriBackend;
  hasSandbox(sandbox: string): boolean;
  hasContainer(container: string): boolean;
  sandboxes(): readonly SandboxStatus[];
  containers(): readonly ContainerStatus[];
  logs(request: LogRequest): LogAnswer;
  /** Runs a command in a container of its own that runs, or attaches to its process. */
  connect(container: string, wish: ProcessWish, client: StreamClient): StreamServer;
  /** A connection has come for a port of one of its sandboxes, or, without `sandbox`, of those in the node's network. */
  accept(request: Extract<SocketRequest, { op: "SocketAccept" }>, done: (answer: SocketAnswer) => void): void;
  /** A datagram has come for a port of one of its sandboxes. */
  datagram(request: DatagramRequest): SocketAnswer;
  /** Whether the volumes in a folder were prepared here. */
  hasVolumes(folder: string): boolean;
  volumeFolders(): readonly string[];
  volumes(request: VolumeRequest): VolumeAnswer | MeasureAnswer;
  /** Which computer of the cluster has a real sandbox with that address. */
  find(ip: string, done: (answer: AddressAnswer) => void): void;
  close(): void;
}

/** The handler of a RuntimeClass whose pods run in the containerd that the cluster was given. */
export const containerdHandler = "containerd";
/** The handler of a RuntimeClass whose pods are played, or are modules. */
export const playedHandler = "played";
