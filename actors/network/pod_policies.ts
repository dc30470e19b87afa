import type { Endpoint } from "./endpoint.ts";
import { isInCidr } from "./ip.ts";

/** What NetworkPolicies let a pod do, as its node carries it out: who is in no list may not, and where there is no list all may. */
export interface PodRules {
  readonly uid: string;
  /** Its addresses as the API has them, none before it has any: the node itself knows earlier, and better. */
  readonly ips: readonly string[];
  /** Who may connect to it. Default: everybody. */
  readonly ingress?: readonly Allowance[];
  /** Whom it may connect to. Default: everybody. */
  readonly egress?: readonly Allowance[];
}

/** What NetworkPolicies say of the pods of a node. */
export interface NodePolicies {
  /**
   * The pods, by uid, of which all is said: what was said of another that is still there stays, and none other begins.
   * `all`: no policy is there, and none has to wait for what would be said of it.
   */
  readonly known: readonly string[] | "all";
  /** Of known pods; those that no policy selects are left out. */
  readonly rules: readonly PodRules[];
}

/** Who is on a node, as its container runtime tells. */
export interface NodePods {
  /** The uid of the pod that has an address. */
  uidAt(ip: string): string | undefined;
  has(uid: string): boolean;
}

/** Some who may, at some ports. */
export interface Allowance {
  /** Default: everybody. */
  readonly peers?: readonly PeerRange[];
  /** Default: all. */
  readonly ports?: readonly PortRange[];
}

/** Some addresses. */
export type PeerRange =
  | { readonly ips: readonly string[] }
  | { readonly cidr: string; readonly except: readonly string[] };

/** Some ports of a protocol. */
export interface PortRange {
  readonly protocol: "tcp" | "udp" | "sctp";
  /** Default: all ports. */
  readonly first?: number;
  /** Default: the first alone. */
  readonly last?: number;
}

/** A connection that is about to be opened. */
export interface Attempt {
  readonly protocol: PortRange["protocol"];
  /** Who opens it, and to whom it leads behind all Services. */
  readonly source: string;
  readonly target: Endpoint;
}

/** The rules in force on a node, by its pods. */
export interface PolicyTable {
  /** Puts these in place of all others. */
  replace(policies: NodePolicies): void;
  /** Whether all is said of a pod that is about to begin. */
  knows(uid: string): boolean;
  /** Whether the node lets a connection through; `nodeIps` are its own, which reach all its pods. */
  allows(attempt: Attempt, nodeIps: readonly string[]): boolean;
  all(): readonly PodRules[];
}

interface Prepared {
  readonly rules: PodRules;
  readonly ingress: readonly Compiled[] | undefined;
  readonly egress: readonly Compiled[] | undefined;
}

interface Compiled {
  readonly ips: ReadonlySet<string> | undefined;
  readonly ranges: readonly { readonly cidr: string; readonly except: readonly string[] }[];
  readonly ports: readonly PortRange[] | undefined;
}

const nobody: NodePods = { uidAt: () => undefined, has: () => false };

/** Makes a table without rules: all is let through, and nobody is known. Without `pods` only the API says who has an address. */
export function createPolicyTable(pods: NodePods = nobody): PolicyTable {
  let known: ReadonlySet<string> | "all" = new Set();
  let byUid: ReadonlyMap<string, Prepared> = new Map();
  let toldAt: ReadonlyMap<string, Prepared> = new Map();

  /** Who has an address is who has it now, whatever the API still says of another. */
  function rulesAt(ip: string): Prepared | undefined {
    const uid = pods.uidAt(ip);
    return uid === undefined ? toldAt.get(ip) : byUid.get(uid);
  }

  /** Of whom nothing is said any more, and who is still there: gone from the API alone, or not heard of for now. */
  function kept(told: NodePolicies["known"]): readonly Prepared[] {
    if (told === "all") return [];
    const uids = new Set(told);
    return [...byUid.values()].filter(({ rules: { uid } }) => !uids.has(uid) && pods.has(uid));
  }

  return {
    replace(policies) {
      const before = kept(policies.known);
      known = policies.known === "all" ? "all" : new Set(policies.known);
      const prepared = [...before, ...policies.rules.map(prepare)];
      byUid = new Map(prepared.map((each) => [each.rules.uid, each]));
      toldAt = new Map(prepared.flatMap((each) => each.rules.ips.map((ip) => [ip, each] as const)));
    },
    knows: (uid) => known === "all" || known.has(uid),
    allows({ protocol, source, target }, nodeIps) {
      // Nothing keeps a pod from itself.
      if (byUid.size === 0 || source === target.ip) return true;
      const egress = rulesAt(source)?.egress;
      if (egress && !egress.some((each) => covers(each, target.ip, { protocol, port: target.port }))) return false;
      const ingress = nodeIps.includes(source) ? undefined : rulesAt(target.ip)?.ingress;
      return !ingress || ingress.some((each) => covers(each, source, { protocol, port: target.port }));
    },
    all: () => [...byUid.values()].map(({ rules }) => rules),
  };
}

function prepare(rules: PodRules): Prepared {
  return { rules, ingress: rules.ingress?.map(compiled), egress: rules.egress?.map(compiled) };
}

function compiled({ peers, ports }: Allowance): Compiled {
  const ips = peers?.flatMap((peer) => ("ips" in peer ? peer.ips : []));
  const ranges = (peers ?? []).flatMap((peer) => ("cidr" in peer ? [peer] : []));
  return { ips: ips && new Set(ips), ranges, ports };
}

function covers(
  { ips, ranges, ports }: Compiled,
  peer: string,
  { protocol, port }: { readonly protocol: PortRange["protocol"]; readonly port: number },
): boolean {
  const isPort = ports?.some((each) => {
    if (each.protocol !== protocol) return false;
    return each.first === undefined || (port >= each.first && port <= (each.last ?? each.first));
  });
  if (isPort === false) return false;
  if (!ips || ips.has(peer)) return true;
  return ranges.some((range) => isInRange(range, peer));
}

/** Whether a range without its exceptions has an address. */
export function isInRange({ cidr, except }: Extract<PeerRange, { readonly cidr: string }>, ip: string): boolean {
  return isInCidr(cidr, ip) && !except.some((each) => isInCidr(each, ip));
}
