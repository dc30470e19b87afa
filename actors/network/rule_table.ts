import type { DataplaneAnswer, DataplaneRequest, NodeSettings, ServicePortRule } from "../kube_proxy/messages.ts";
import { createPolicyTable, type PolicyTable } from "./pod_policies.ts";

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
  readonly name: string;
  readonly portal: Portal;
}

/** Makes a table without rules: nothing is a Service yet. */
export function createRuleTable(node: string): RuleTable {
  const rules = new Map<string, ServicePortRule>();
  const index = new Map<string, Entry[]>();
  const policies = createPolicyTable();
  let settings: NodeSettings = { node, nodeIps: [] };
  let generation = 0;

  function add(rule: ServicePortRule) {
    remove(rule.name);
    rules.set(rule.name, rule);
    for (const [key, portal] of keysOf(rule)) {
      // Of two Services that claim one address, the first by name has it, on every node.
      const entries = [...(index.get(key) ?? []), { name: rule.name, portal }];
      index.set(key, entries.length === 1 ? entries : entries.sort((a, b) => (a.name < b.name ? -1 : 1)));
    }
  }

  function remove(name: string) {
    const rule = rules.get(name);
    if (!rule) return;
    rules.delete(name);
    for (const [key] of keysOf(rule)) {
      const left = (index.get(key) ?? []).filter((entry) => entry.name !== name);
      if (left.length > 0) index.set(key, left);
      else index.delete(key);
    }
  }

  function look(key: string, ip: string) {
    const [entry] = index.get(key) ?? [];
    const rule = entry && rules.get(entry.name);
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
        for (const name of [...rules.keys()]) remove(name);
        settings = request.settings;
      } else if (request.base !== generation) {
        const message = `Changing rules: they are at generation ${generation}, not ${request.base}, send all of them`;
        return { ok: false, reason: "unknownBase", message };
      } else for (const name of request.remove) remove(name);
      for (const rule of request.set) add(rule);
      if (request.full || request.policies) policies.replace(request.policies ?? []);
      generation = request.generation;
      return { ok: true, generation };
    },
    find({ protocol, ip, port }) {
      const found = look(`${protocol}/${ip}:${port}`, ip);
      if (found || !isNodeIp(settings, ip)) return found;
      return look(`${protocol}/:${port}`, ip);
    },
  };
}

/** Whether an address is the node's own: one of its IPs, or loopback. */
export function isNodeIp({ nodeIps }: NodeSettings, ip: string): boolean {
  return nodeIps.includes(ip) || ip.startsWith("127.");
}

function keysOf(rule: ServicePortRule): [key: string, portal: Portal][] {
  const { protocol, port, nodePort } = rule;
  const at = (ip: string, portal: Portal): [string, Portal] => [`${protocol}/${ip}:${port}`, portal];
  return [
    at(rule.clusterIp, "clusterIp"),
    ...rule.externalIps.map((ip) => at(ip, "externalIp")),
    ...rule.loadBalancerIps.map((ip) => at(ip, "loadBalancerIp")),
    ...(nodePort === 0 ? [] : [[`${protocol}/:${nodePort}`, "nodePort"] as [string, Portal]]),
  ];
}
