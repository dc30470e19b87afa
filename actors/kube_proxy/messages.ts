import type { Address, Message } from "../../runtime/mod.ts";
import { familyOf, type IpFamily } from "../kit/ip_number.ts";
import { present } from "../kit/present.ts";
import type { NodePolicies } from "../network/pod_policies.ts";

/** The input of a kube-proxy. */
export interface KubeProxyInput {
  /** The name of its node. */
  readonly node: string;
  readonly apiServers: readonly Address[];
  /** The computer that its node is, which carries connections by the rules. */
  readonly computer: Address;
  /** From which range, or ranges with a comma, all pods have their IPs: what comes from there is not masqueraded. Default: not known. */
  readonly clusterCidr?: string;
  /** Rules are not written more often than this. Default 1,000. */
  readonly minSyncMs?: number;
  /** After a write that failed it tries again this much later, a second where the computer was away. Default 30,000. */
  readonly retryMs?: number;
  /** All rules are written anew so often, whatever has changed. Default an hour. */
  readonly fullSyncMs?: number;
  /** Whether the computer still has its rules is looked at so often. Default 30,000. */
  readonly checkMs?: number;
}

/** Asks a kube-proxy what its HTTP servers answer at a path: answered with a `ProxyPage`. */
export interface AskProxyPage extends Message {
  readonly type: "proxy.page";
  /** The one for all, at port 10256, or the one for its own node, at port 10249. */
  readonly server: "health" | "metrics";
  readonly path: string;
}

/** A page of a kube-proxy's. */
export interface ProxyPage {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly text: string;
}

/** Where a connection may be sent. */
export interface Target {
  readonly ip: string;
  readonly port: number;
}

/** Whom a policy lets traffic reach: all endpoints, or only those on the node. */
export type TrafficPolicy = "Cluster" | "Local";

/** What a node does with traffic for one port of one Service. */
export interface ServicePortRule {
  /** `namespace/service:port`, or `namespace/service` where the port has no name. */
  readonly name: string;
  /** Of which its addresses are. Default IPv4; a Service with addresses of both has two rules of one name. */
  readonly family?: IpFamily;
  readonly protocol: "tcp" | "udp" | "sctp";
  readonly clusterIp: string;
  readonly port: number;
  /** 0: none. */
  readonly nodePort: number;
  readonly externalIps: readonly string[];
  readonly loadBalancerIps: readonly string[];
  /** Who may use the load balancer's IPs; empty: all. */
  readonly sourceRanges: readonly string[];
  /** 0: none. */
  readonly healthCheckNodePort: number;
  /** For so long a client keeps its endpoint; 0: it does not. */
  readonly affinitySeconds: number;
  readonly internalPolicy: TrafficPolicy;
  readonly externalPolicy: TrafficPolicy;
  /** The endpoints of the policy `Cluster`, in order; empty also where no traffic uses them. */
  readonly cluster: readonly Target[];
  /** The endpoints of the policy `Local`, in order; empty also where no traffic uses them. */
  readonly local: readonly Target[];
  /** Whether any node has an endpoint that could be used. */
  readonly hasEndpoints: boolean;
  /** Of UDP: all endpoints that serve, to which who was led there keeps speaking. Default: those of the policies. */
  readonly serving?: readonly Target[];
}

/** Whether datagrams that a rule has led to an endpoint may go on to it: it still serves. */
export function mayFlow({ cluster, local, serving }: ServicePortRule, { ip, port }: Target): boolean {
  const isIt = (each: Target) => each.ip === ip && each.port === port;
  return serving ? serving.some(isIt) : cluster.some(isIt) || local.some(isIt);
}

/** What tells a rule from all others. */
export function ruleKey({ name, family = "IPv4" }: Pick<ServicePortRule, "name" | "family">): string {
  return family === "IPv4" ? name : `${name} ${family}`;
}

/** What all rules of a node depend on. */
export interface NodeSettings {
  readonly node: string;
  /** The node's own IPs: node ports answer there. */
  readonly nodeIps: readonly string[];
  /** One range, or one of each family, with a comma. */
  readonly clusterCidr?: string;
}

/** What of that is of one family. */
export function settingsOfFamily({ node, nodeIps, clusterCidr }: NodeSettings, family: IpFamily): NodeSettings {
  const range = clusterCidr?.split(",").find((each) => familyOf(each) === family);
  return { node, nodeIps: nodeIps.filter((ip) => familyOf(ip) === family), ...present({ clusterCidr: range }) };
}

/**
 * What kube-proxy asks of its node's computer: to apply rules, all at once or what has changed since `base`. It
 * answers when they are in force; either all of it is, or nothing.
 */
export type DataplaneRequest =
  | {
      readonly op: "apply";
      readonly full: true;
      readonly generation: number;
      readonly settings: NodeSettings;
      readonly set: readonly ServicePortRule[];
      /** What NetworkPolicies say of the node's pods. Default: there are none. */
      readonly policies?: NodePolicies;
    }
  | {
      readonly op: "apply";
      readonly full: false;
      readonly generation: number;
      readonly node: string;
      /** The generation that this one changes. */
      readonly base: number;
      readonly set: readonly ServicePortRule[];
      /** Keys of rules. */
      readonly remove: readonly string[];
      /** In place of all that NetworkPolicies said before. Default: they say the same. */
      readonly policies?: NodePolicies;
    };

/** What the computer answers; operating errors are values. */
export type DataplaneAnswer =
  | { readonly ok: true; readonly generation: number }
  /** Nothing was applied: `unknownBase` asks for all rules. */
  | { readonly ok: false; readonly reason: "unknownBase" | "failed"; readonly message: string };
