import { familyOf, type IpFamily } from "../kit/ip_number.ts";
import {
  type DataplaneAnswer,
  type DataplaneRequest,
  type NodeSettings,
  ruleKey,
  type ServicePortRule,
} from "../kube_proxy/messages.ts";
import { createPolicyTable, type NodePods, type PolicyTable } from "./pod_policies.ts";

/** By which of its addresses a Service was found. */
export type Portal = "clusterIp" | "externalIp" | "loadBalancerIp" | "nodePort";

/** The rules in force on a node, found by where a connection wants to go. */
export interface RuleTable {
  readonly rules: ReadonlyMap<string, ServicePortRule>;
  readonly policies: PolicyTable;
  settings(): NodeSettings;
  /** 0 before the first rules. */
  generation(): number;
  apply(request: DataplaneRequest): DataplaneAnswer;
  /** The rule for a destination, and by what it was found. */
  find(
    destination: Destination,
  ): { readonly rule: ServicePortRule; readonly portal: Portal; readonly ip: string } | undefined;
}

/** Where a connection wants to go. */
export interface Destination {
  readonly protocol: ServicePortRule["protocol"];
  readonly ip: string;
  readonly port: number;
}

interface Entry {
  /** Its key. */
  readonly rule: string;
  readonly portal: Portal;
}

/** Makes a table without rules: nothing is a Service yet. `pods`: who is on the node; default: nobody knows. */
export function createRuleTable(node: string, pods?: NodePods): RuleTable {
  const rules = new Map<string, ServicePortRule>();
  const index = new Map<string, Entry[]>();
  const policies = createPolicyTable(pods);
  let settings: NodeSettings = { node, nodeIps: [] };
  let generation = 0;

  function add(rule: ServicePortRule) {
    const key = ruleKey(rule);
    remove(key);
    rules.set(key, rule);
    for (const [place, portal] of placesOf(rule)) {
      // Of two Services that claim one address, the first by name has it, on every node.
      const entries = [...(index.get(place) ?? []), { rule: key, portal }];
      index.set(place, entries.length === 1 ? entries : entries.sort((a, b) => (a.rule < b.rule ? -1 : 1)));
    }
  }

  function remove(key: string) {
    const rule = rules.get(key);
    if (!rule) return;
    rules.delete(key);
    for (const [place] of placesOf(rule)) {
      const left = (index.get(place) ?? []).filter((entry) => entry.rule !== key);
      if (left.length > 0) index.set(place, left);
      else index.delete(place);
    }
  }

  function look(place: string, ip: string) {
    const [entry] = index.get(place) ?? [];
    const rule = entry && rules.get(entry.rule);
    return entry && rule ? { rule, portal: entry.portal, ip } : undefined;
  }

  return {
    rules,
    policies,
    settings: () => settings,
    generation: () => generation,
    apply(request) {
      if (request.generation < generation) {
        // It was overtaken on its way: what is in force is newer, and nobody waits for the answer any more.
        const message = `Changing rules to generation ${request.generation}: they are at generation ${generation}`;
        return { ok: false, reason: "failed", message };
      }
      if (request.full) {
        for (const key of [...rules.keys()]) remove(key);
        settings = request.settings;
      } else if (request.base !== generation) {
        const message = `Changing rules: they are at generation ${generation}, not ${request.base}, send all of them`;
        return { ok: false, reason: "unknownBase", message };
      } else for (const key of request.remove) remove(key);
      for (const rule of request.set) add(rule);
      if (request.full || request.policies) policies.replace(request.policies ?? { known: "all", rules: [] });
      generation = request.generation;
      return { ok: true, generation };
    },
    find({ protocol, ip, port }) {
      const found = look(`${protocol}/${ip}:${port}`, ip);
      if (found || !isNodeIp(settings, ip)) return found;
      return look(nodePortPlace({ protocol, port, family: familyOf(ip) }), ip);
    },
  };
}

/** Whether an address is the node's own: one of its IPs, or loopback. */
export function isNodeIp({ nodeIps }: NodeSettings, ip: string): boolean {
  return nodeIps.includes(ip) || ip.startsWith("127.") || ip === "::1";
}

/** A port of the node itself, at its addresses of a family. */
function nodePortPlace({ protocol, port, family }: Pick<ServicePortRule, "protocol" | "port"> & { family: IpFamily }) {
  return `${protocol}/${family === "IPv4" ? "" : "[]"}:${port}`;
}

function placesOf(rule: ServicePortRule): [place: string, portal: Portal][] {
  const { protocol, port, nodePort, family = "IPv4" } = rule;
  const at = (ip: string, portal: Portal): [string, Portal] => [`${protocol}/${ip}:${port}`, portal];
  return [
    at(rule.clusterIp, "clusterIp"),
    ...rule.externalIps.map((ip) => at(ip, "externalIp")),
    ...rule.loadBalancerIps.map((ip) => at(ip, "loadBalancerIp")),
    ...(nodePort === 0 ? [] : [[nodePortPlace({ protocol, port: nodePort, family }), "nodePort"] as [string, Portal]]),
  ];
}
