import { hash32, mix32, type Permissions, type Random } from "../../runtime/mod.ts";
import type { DatagramPush } from "../network/datagram.ts";
import type { ContainerImage } from "./container_image.ts";
import { hex64 } from "./image_name.ts";
import type {
  ContainerConfig,
  ContainerStatus,
  CriPush,
  LogPush,
  MemoryPush,
  ProcessPush,
  SandboxStatus,
  SocketPush,
} from "./messages.ts";
import { ipsOf } from "./messages.ts";
import { type AddressPool, addressPool } from "./played/address_pool.ts";
import { groupTree } from "./played/group_tree.ts";
import { createHostVolumes, type HostVolumes } from "./played/host_volumes.ts";
import type { WithInside } from "./played/image_inside.ts";
import type { LogBook } from "./played/log_book.ts";
import type { Folder } from "./played/unix/files/file_node.ts";
import { memoryShelf, type VolumeShelf } from "./played/volume_shelf.ts";
import type { PodGroup } from "./resource_limits.ts";
import type { NodeEvent, RuntimeEvent } from "./runtime_event.ts";

/** How a node's runtime reaches the time, luck and its computer. */
export interface NodeHost {
  readonly incarnation: number;
  readonly random: Random;
  /** What the computer holds: no container of it gets more. */
  readonly permissions: Permissions;
  uptimeMs(): number;
  wallMs(): number;
  after(delayMs: number, body: () => void): void;
  push(body: CriPush | LogPush | MemoryPush | SocketPush | DatagramPush | ProcessPush): void;
}

/** A sandbox as the runtime keeps it. */
export interface Sandbox {
  status: SandboxStatus;
  /** Which of the node's users its root is, where its users are its own. Default: they are the node's. */
  readonly usersFrom?: number;
  /** What its pod gets, as it was last said. Default: nobody has. */
  group?: PodGroup;
  readonly containers: Map<string, Container>;
}

/** A container as the runtime keeps it. */
export interface Container {
  config: WithInside<ContainerConfig>;
  /** It was to be given more than any program can be given: what is too long is not in its configuration. */
  readonly isTooLong: boolean;
  readonly image: ContainerImage;
  readonly sandbox: Sandbox;
  /** There is one as soon as it has written. */
  log: LogBook | undefined;
  /** Who follows its log waits for news, or was told of some and has not read since. */
  following: "nobody" | "waits" | "was told";
  status: ContainerStatus;
  /** Called once when it has exited. */
  waiting: (() => void)[] | undefined;
}

/** An image on a node, and from when on it is there. */
export interface NodeImage {
  readonly image: ContainerImage;
  readonly thereAtMs: number;
}

/** The container runtime of one node, in one life of its computer: with that, all of it is gone. */
export interface RuntimeNode {
  /** Its computer's. */
  readonly address: string;
  readonly sandboxes: Map<string, Sandbox>;
  readonly containers: Map<string, Container>;
  /** By full name. */
  readonly images: Map<string, NodeImage>;
  /** Of each of its ranges; undefined until the first address is given. */
  addresses: readonly AddressPool[] | undefined;
  /** One range, or one of each family, with a comma. */
  podCidr: string;
  /** What its pods mount. */
  readonly volumes: HostVolumes;
  readonly host: NodeHost;
  nowMs(): number;
  later(delayMs: number, happen: () => void): void;
  push(body: CriPush | LogPush | MemoryPush | SocketPush | DatagramPush | ProcessPush): void;
  /** Something has happened: told to who watches this runtime from outside, in tests. */
  tell(event: NodeEvent): void;
  /** 64 hexadecimal digits that nothing else has. */
  newId(): string;
  /** Something comes from outside: what is put off in it is done at its end. */
  enter(body: () => void): void;
  /** Puts off until all of this moment was said: it goes out in one piece. */
  atEnd(body: () => void): void;
  /** The power is off: processes end, nothing happens any more. */
  dispose(): void;
}

/** More than a small node gives between two losses of power; no divisor of a range's size. */
const skippedEachLife = 67;

/** The range of a node whose kubelet has told none. */
const podCidrDefault = "10.244.0.0/24";

/** How a node is set up. */
export interface RuntimeNodeOptions {
  /** Ends a moment that nobody entered: real time has such. Default: at once. */
  readonly defer?: ((body: () => void) => void) | undefined;
  /** Who watches what happens. Default: nobody. */
  readonly observe?: ((event: RuntimeEvent) => void) | undefined;
  /** The data of claims. Default: an empty shelf that nobody else sees. */
  readonly shelf?: VolumeShelf | undefined;
  /** What can be run by who enters it. Default: nothing. */
  readonly programs?: (() => Folder | undefined) | undefined;
}

/** Makes an empty node; `address` is its computer's. */
export function runtimeNode(address: string, host: NodeHost, options: RuntimeNodeOptions = {}): RuntimeNode {
  const { defer = (body) => body(), observe, shelf = memoryShelf(), programs = () => undefined } = options;
  let hasPower = true;
  let counter = 0;
  let depth = 0;
  let ending: (() => void)[] = [];

  const finish = () => {
    for (let turns = ending; turns.length > 0; turns = ending) {
      ending = [];
      for (const body of turns) body();
    }
  };

  const node: RuntimeNode = {
    address,
    sandboxes: new Map(),
    containers: new Map(),
    images: new Map(),
    addresses: undefined,
    podCidr: podCidrDefault,
    volumes: createHostVolumes({ wallMs: host.wallMs, groups: () => groupTree(node), programs }, shelf),
    host,
    nowMs: host.uptimeMs,
    later: (delayMs, happen) => host.after(Math.max(0, delayMs), () => (hasPower ? node.enter(happen) : undefined)),
    push: (body) => (hasPower ? host.push(body) : undefined),
    tell: (event) => observe?.({ node: address, ...event }),
    newId: () => hex64(mix32(hash32(address), host.incarnation), mix32(node.nowMs(), ++counter)),
    enter(body) {
      depth++;
      try {
        body();
        if (depth === 1) finish();
      } finally {
        depth--;
      }
    },
    atEnd(body) {
      ending.push(body);
      if (depth === 0 && ending.length === 1) defer(() => node.enter(() => {}));
    },
    dispose() {
      hasPower = false;
      for (const container of node.containers.values()) {
        if (container.status.state === "CONTAINER_RUNNING") container.image.destroy(container);
      }
      ending = [];
      node.tell({ type: "node.lost" });
    },
  };
  return node;
}

/** So many users a pod has that are its own. */
export const ownUsers = 65_536;

/** The first of the node's users that no other sandbox with users of its own has. */
export function freeUsers({ sandboxes }: Pick<RuntimeNode, "sandboxes">): number {
  const taken = new Set([...sandboxes.values()].map(({ usersFrom }) => usersFrom));
  let from = ownUsers;
  while (taken.has(from)) from += ownUsers;
  return from;
}

/** Gives a sandbox an address from each of the node's ranges; `undefined` when one has no more. */
export function takeAddresses(node: RuntimeNode): readonly string[] | undefined {
  if (!node.addresses) {
    // A computer that was switched off has forgotten what it gave, but others have not: it goes on elsewhere, as what
    // host-local keeps on disk makes a real one do.
    const pools = node.podCidr.split(",").map((cidr) => addressPool(cidr, node.host.incarnation * skippedEachLife));
    node.addresses = pools;
    // The range may have changed: what pods have they keep.
    for (const { status } of node.sandboxes.values()) {
      if (status.ready) for (const ip of ipsOf(status)) for (const pool of pools) pool.reserve(ip);
    }
  }
  const taken = node.addresses.map((pool) => pool.take());
  const found = taken.filter((ip) => ip !== undefined);
  if (found.length === taken.length) return found;
  freeAddresses(node, found);
  return undefined;
}

/** Takes addresses of a sandbox back. */
export function freeAddresses({ addresses = [] }: RuntimeNode, ips: readonly string[]): void {
  for (const ip of ips) for (const pool of addresses) pool.free(ip);
}

/** Whether a container was not removed. */
export function isKept(node: RuntimeNode, container: Container): boolean {
  return node.containers.get(container.status.container) === container;
}

/** Whether a container's process goes on. */
export function isRunning(node: RuntimeNode, container: Container): boolean {
  return container.status.state === "CONTAINER_RUNNING" && isKept(node, container);
}
