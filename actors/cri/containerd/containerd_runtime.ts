import { join } from "node:path";
import type { RealRuntime } from "../real_runtime.ts";
import { addressBook } from "./address_book.ts";
import { type ContainerdNodeOptions, containerdNode } from "./containerd_node.ts";
import { criClient } from "./cri_client.ts";
import type { GateSettings } from "./pod_gate.ts";

/** A containerd that a cluster's pods run in, as plain data which every thread of the cluster is given. */
export interface ContainerdSettings {
  /** The path of its unix socket. */
  readonly socket: string;
  /** Tells the cluster apart from others that use it. */
  readonly cluster: string;
  /** Where logs and volumes of its pods are put, on this machine. */
  readonly folder: string;
  /** Whether pods that name no RuntimeClass run there. */
  readonly isDefault: boolean;
  /** What its pods reach of the cluster. Default: nothing. */
  readonly gate?: GateSettings;
}

/**
 * The containers of a containerd, or of whatever else serves the CRI at a unix socket of this machine. All computers of a
 * cluster share it: each sees what is labelled as its own.
 *
 * @example
 * const real = containerdRuntime({ socket: "/run/containerd/containerd.sock", cluster: "c", folder, isDefault: true }, claims)
 */
export function containerdRuntime(
  { socket, cluster, folder, isDefault, gate }: ContainerdSettings,
  claimFolder: (handle: string) => string,
): RealRuntime {
  const client = criClient(socket);
  const addresses = addressBook(client, cluster);
  return {
    isDefault,
    open(node, sockets) {
      const { address } = node;
      const options: ContainerdNodeOptions = {
        ...{ client, addresses, owner: { cluster, computer: address } },
        ...{ claimFolder, folder: join(folder, address.replaceAll("/", "-")) },
        ...(gate ? { gate } : {}),
      };
      return containerdNode(node, sockets, options);
    },
  };
}
