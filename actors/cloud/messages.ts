import type { Address, ChildSpec, Message } from "../../runtime/mod.ts";
import type { IpFamily } from "../kit/ip_number.ts";
import type { Result } from "../kit/result.ts";

/** Where one computer of a provider can be: its place in the network, and what runs there while it is rented. */
export interface Slot {
  /** The name of its node. */
  readonly node: string;
  readonly ip: string;
  /** Its IP of the other family. Default: it has none. */
  readonly additionalIps?: readonly string[];
  /** One range, or one of each family, with a comma. */
  readonly podCidr: string;
  /** The computer and its agents. */
  readonly actors: readonly ChildSpec[];
}

/** The input of a provider. */
export interface CloudInput {
  /** Which one it is: `aurora`, `borealis`. */
  readonly provider: string;
  /** So many computers its group of nodes has at first, and at least. */
  readonly nodes: number;
  /** Quantities by resource, of each computer. Default: the provider's. */
  readonly capacity?: Readonly<Record<string, string>>;
  /** The places of all that it can ever have at once. */
  readonly slots: readonly Slot[];
  /** What carries the connections of its load balancers. Default: nobody. */
  readonly gateway?: Address;
}

/** A computer that is rented. */
export interface Instance {
  /** Never given twice: `i-0a1b2c3d`. */
  readonly id: string;
  /** The name of its node. */
  readonly node: string;
  readonly ip: string;
  /** Its IP of the other family. Default: it has none. */
  readonly additionalIps?: readonly string[];
  readonly zone: string;
  readonly region: string;
  readonly type: string;
  readonly group: string;
  readonly state: "pending" | "running" | "stopped";
}

/** A group of nodes that are alike, which grows and shrinks. */
export interface NodeGroup {
  readonly name: string;
  readonly sizeMin: number;
  readonly sizeMax: number;
  /** How many it is to have. */
  readonly size: number;
  /** What a new node of it has: quantities by resource, and labels. */
  readonly capacity: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** A load balancer as it is ordered. */
export interface BalancerOrder {
  /** Of the provider's own form, from the Service's uid. */
  readonly name: string;
  /** `namespace/name` of its Service. */
  readonly service: string;
  readonly ports: readonly BalancerPort[];
  /** The IPs of the nodes that it sends to. */
  readonly nodes: readonly string[];
  /** From where it lets clients in; empty: from everywhere. */
  readonly sourceRanges: readonly string[];
  /** Of which families it is to have addresses, the one that leads first. Default: IPv4. */
  readonly families?: readonly IpFamily[];
  /** The address that is asked for. Default: any. */
  readonly ip?: string;
}

/** One port of a load balancer. */
export interface BalancerPort {
  readonly port: number;
  /** Where nodes take what comes; 0: nodes know the load balancer's own address. */
  readonly nodePort: number;
  readonly protocol: string;
}

/** A load balancer as it is. */
export interface Balancer extends BalancerOrder {
  readonly ip: string;
  /** Its address of the other family. Default: it has none. */
  readonly additionalIps?: readonly string[];
  /** Whether packets come to nodes with the load balancer's address (`VIP`), or with the node's (`Proxy`). */
  readonly ipMode: "VIP" | "Proxy";
}

/** All addresses of a load balancer, the one that leads first. */
export function balancerIps({ ip, additionalIps = [] }: Pick<Balancer, "ip" | "additionalIps">): readonly string[] {
  return [ip, ...additionalIps];
}

/** A way to the pods of a node. */
export interface CloudRoute {
  readonly name: string;
  readonly node: string;
  readonly cidr: string;
}

/** A volume as it is ordered. */
export interface VolumeOrdered {
  /** Of who orders it: a second order by a name gives the same volume. */
  readonly name: string;
  readonly zone: string;
  readonly bytes: number;
}

/** A volume that is rented: computers of its zone can have it, one at a time. */
export interface CloudVolume extends VolumeOrdered {
  /** Whether who ordered it has written down that it has it. */
  readonly isKept: boolean;
  /** The id of the instance that it is attached to. */
  readonly instance?: string;
}

/** All volumes of a provider: what `ListVolumes` is answered with. */
export interface CloudVolumes {
  readonly volumes: readonly CloudVolume[];
  /** On the wall clock: what is older than that the provider cannot know, as its memory ends with the process. */
  readonly sinceMs: number;
}

/** What a provider is asked for, by the names of Kubernetes' own interface. */
export type CloudRequest =
  | { readonly op: "ListInstances" }
  | { readonly op: "StopInstance"; readonly id: string }
  | { readonly op: "StartInstance"; readonly id: string }
  | { readonly op: "ListNodeGroups" }
  | { readonly op: "IncreaseSize"; readonly group: string; readonly by: number }
  | { readonly op: "DeleteNodes"; readonly group: string; readonly ids: readonly string[] }
  | { readonly op: "EnsureLoadBalancer"; readonly order: BalancerOrder }
  | { readonly op: "UpdateLoadBalancer"; readonly order: BalancerOrder }
  | { readonly op: "EnsureLoadBalancerDeleted"; readonly name: string }
  | { readonly op: "ListLoadBalancers" }
  | { readonly op: "CreateRoute"; readonly route: CloudRoute }
  | { readonly op: "DeleteRoute"; readonly name: string }
  | { readonly op: "ListRoutes" }
  | VolumeRequest;

/** What a provider is asked for about volumes, by the names of the Container Storage Interface. */
export type VolumeRequest =
  | { readonly op: "ListVolumes" }
  | { readonly op: "CreateVolume"; readonly volume: VolumeOrdered }
  /** Says that it was written down who has it. */
  | { readonly op: "KeepVolume"; readonly name: string }
  | { readonly op: "ExpandVolume"; readonly name: string; readonly bytes: number }
  /** With `isUnkept` only one that nobody has written down. */
  | { readonly op: "DeleteVolume"; readonly name: string; readonly isUnkept?: boolean }
  | { readonly op: "AttachVolume"; readonly name: string; readonly instance: string }
  | { readonly op: "DetachVolume"; readonly name: string; readonly instance: string };

/** Why a provider has not done what it was asked for, in its own words. */
export interface CloudFailure {
  readonly reason: "throttled" | "notFound" | "limit" | "inUse" | "internal";
  readonly message: string;
}

/** What a provider answers: a list to `List…`, the load balancer to `Ensure…` and `Update…`. */
export type CloudAnswer = Result<unknown, CloudFailure>;

/** Asks a provider: answered with a `CloudAnswer`. */
export interface CloudCall extends Message {
  readonly type: "cloud.call";
  readonly request: CloudRequest;
  /** A fault: `throttled`, `halfDone`, `stale`, or `lost NODE`. */
  readonly mishap?: string;
}

/** A gateway that has begun asks a provider for its load balancers: they come as `BalancersAre`. */
export interface BalancersAsked extends Message {
  readonly type: "cloud.balancers";
}

/** Tells a gateway all load balancers of a provider, whenever they have changed. */
export interface BalancersAre extends Message {
  readonly type: "gateway.balancers";
  readonly balancers: readonly Balancer[];
}

/** All that a provider takes. */
export type CloudMessage = CloudCall | BalancersAsked;

/** The id by which Kubernetes knows an instance: `aurora:///aurora-1a/i-0a1b2c3d`. */
export function providerId(provider: string, { zone, id }: Pick<Instance, "zone" | "id">): string {
  return `${provider}:///${zone}/${id}`;
}
