import type { Endpoint } from "./endpoint.ts";
import { isInCidr } from "./ip.ts";

/** What NetworkPolicies let a pod do, as its node carries it out: who is in no list may not, and where there is no list all may. */
export interface PodRules {
  readonly ip: string;
  /** Who may connect to it. Default: everybody. */
  readonly ingress?: readonly Allowance[];
  /** Whom it may connect to. Default: everybody. */
  readonly egress?: readonly Allowance[];
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
  replace(rules: readonly PodRules[]): void;
  /** Whether the node lets a connection through; `nodeIps` are its own, which reach all its pods. */
  allows(attempt: Attempt, nodeIps: readonly string[]): boolean;
  all(): readonly PodRules[];
}

interface Prepared {
  readonly ingress: readonly Compiled[] | undefined;
  readonly egress: readonly Compiled[] | undefined;
}

interface Compiled {
  readonly ips: ReadonlySet<string> | undefined;
  readonly ranges: readonly { readonly cidr: string; readonly except: readonly string[] }[];
  readonly ports: readonly PortRange[] | undefined;
}

/** Makes a table without rules: all is let through. */
export function createPolicyTable(): PolicyTable {
  const byIp = new Map<string, Prepared>();
  let all: readonly PodRules[] = [];
  return {
    replace(rules) {
      all = rules;
      byIp.clear();
      for (const { ip, ingress, egress } of rules)
        byIp.set(ip, { ingress: ingress?.map(compiled), egress: egress?.map(compiled) });
    },
    allows({ protocol, source, target }, nodeIps) {
      // Nothing keeps a pod from itself.
      if (byIp.size === 0 || source === target.ip) return true;
      const egress = byIp.get(source)?.egress;
      if (egress && !egress.some((each) => covers(each, target.ip, { protocol, port: target.port }))) return false;
      const ingress = nodeIps.includes(source) ? undefined : byIp.get(target.ip)?.ingress;
      return !ingress || ingress.some((each) => covers(each, source, { protocol, port: target.port }));
    },
    all: () => all,
  };
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
