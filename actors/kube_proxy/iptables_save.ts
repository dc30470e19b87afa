import type { IpFamily } from "../kit/ip_number.ts";
import { hostPort, isInCidr } from "../network/ip.ts";
import { isExternal, verdictOf } from "../network/verdict.ts";
import { endpointChain, type ServiceChains, serviceChains } from "./chain_names.ts";
import { type NodeSettings, type ServicePortRule, settingsOfFamily, type Target } from "./messages.ts";

/** The bit of a packet's mark that asks for masquerading. */
const mark = "0x4000";
/** With more endpoints than this, rules for them carry no comments. */
const commentedEndpointsMax = 1_000;

interface Lines {
  readonly filter: string[];
  readonly natChains: string[];
  readonly nat: string[];
}

/** One port's rules while they are written. */
interface Writing {
  readonly lines: Lines;
  readonly rule: ServicePortRule;
  readonly chains: ServiceChains;
  readonly settings: NodeSettings;
  /** For rules of a single endpoint. */
  comment(text: string): string;
}

/**
 * A node's rules as kube-proxy writes them for `iptables-restore`, and `iptables-save` shows them. The order follows
 * from the names alone, so that equal rules give equal text on every node and at every time. Those of IPv6 are written
 * for `ip6tables-restore`, by themselves.
 *
 * Source: pkg/proxy/iptables of Kubernetes 1.34.
 */
export function printIptables(rules: Iterable<ServicePortRule>, all: NodeSettings, family: IpFamily = "IPv4"): string {
  const settings = settingsOfFamily(all, family);
  const own = [...rules].filter((rule) => (rule.family ?? "IPv4") === family);
  const sorted = own.sort((a, b) => (a.name < b.name ? -1 : 1));
  const count = sorted.reduce((sum, { cluster, local }) => sum + Math.max(cluster.length, local.length), 0);
  const isLarge = count > commentedEndpointsMax;
  const comment = (text: string) => (isLarge ? "" : ` -m comment --comment ${quoted(text)}`);
  const lines: Lines = { filter: [], natChains: [], nat: [] };
  for (const rule of sorted) writeRule({ lines, rule, chains: serviceChains(rule), settings, comment });
  return [
    "*filter",
    ...filterChains.map(chainLine),
    ...(family === "IPv4" ? filterHead : []),
    ...lines.filter,
    ...filterTail,
    "COMMIT",
    "*nat",
    ...natChains.map(chainLine),
    ...lines.natChains.map(chainLine),
    ...natHead,
    ...lines.nat,
    natTail,
    "COMMIT",
    "",
  ].join("\n");
}

const filterChains = [
  "KUBE-SERVICES",
  "KUBE-EXTERNAL-SERVICES",
  "KUBE-FORWARD",
  "KUBE-NODEPORTS",
  "KUBE-PROXY-FIREWALL",
  "KUBE-FIREWALL",
];
const natChains = ["KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-POSTROUTING", "KUBE-MARK-MASQ"];
const filterHead = [
  '-A KUBE-FIREWALL -m comment --comment "block incoming localnet connections" -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP',
];
const filterTail = [
  "-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP",
  `-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark ${mark}/${mark} -j ACCEPT`,
  '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
];
const natHead = [
  `-A KUBE-POSTROUTING -m mark ! --mark ${mark}/${mark} -j RETURN`,
  `-A KUBE-POSTROUTING -j MARK --xor-mark ${mark}`,
  '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
  `-A KUBE-MARK-MASQ -j MARK --or-mark ${mark}`,
];
const natTail =
  '-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS';

const chainLine = (chain: string) => `:${chain} - [0:0]`;
/** As iptables-save does: only what has a space needs quotes. */
const quoted = (text: string) => (text.includes(" ") ? `"${text}"` : text);
const commented = (text: string) => ` -m comment --comment ${quoted(text)}`;
const to = ({ protocol }: ServicePortRule, { ip, port }: Target) =>
  ` -m ${protocol} -p ${protocol} -d ${ip} --dport ${port}`;

function writeRule(writing: Writing) {
  writePortals(writing);
  writeInternal(writing);
  if (writing.rule.hasEndpoints && isExternal(writing.rule)) writeExternal(writing);
  if (usesFirewall(writing.rule)) writeFirewall(writing);
  const { rule, chains } = writing;
  if (rule.cluster.length > 0) writeChoice(writing, { chain: chains.cluster, targets: rule.cluster });
  if (rule.local.length > 0) writeChoice(writing, { chain: chains.local, targets: rule.local });
  for (const target of reachable(rule)) writeEndpoint(writing, target);
}

function usesFirewall({ hasEndpoints, loadBalancerIps, sourceRanges }: ServicePortRule): boolean {
  return hasEndpoints && loadBalancerIps.length > 0 && sourceRanges.length > 0;
}

/** What catches traffic for any of the Service's addresses. */
function writePortals({ lines, rule, chains }: Writing) {
  const { name, port, protocol, nodePort, hasEndpoints } = rule;
  const [internal, external] = [verdictOf(rule, "internal"), verdictOf(rule, "external")];
  const why = (verdict: string) => commented(`${name} has no ${verdict === "reject" ? "" : "local "}endpoints`);
  const internalChain = rule.internalPolicy === "Local" ? chains.local : chains.cluster;
  const clusterIp = to(rule, { ip: rule.clusterIp, port });
  if (internal === "forward") {
    lines.nat.push(`-A KUBE-SERVICES${commented(`${name} cluster IP`)}${clusterIp} -j ${internalChain}`);
  } else lines.filter.push(`-A KUBE-SERVICES${why(internal)}${clusterIp} -j ${internal.toUpperCase()}`);
  const refuse = (match: string) =>
    lines.filter.push(`-A KUBE-EXTERNAL-SERVICES${why(external)}${match} -j ${external.toUpperCase()}`);
  for (const ip of rule.externalIps) {
    const match = to(rule, { ip, port });
    if (hasEndpoints)
      lines.nat.push(`-A KUBE-SERVICES${commented(`${name} external IP`)}${match} -j ${chains.external}`);
    if (external !== "forward") refuse(match);
  }
  for (const ip of rule.loadBalancerIps) {
    const match = to(rule, { ip, port });
    const chain = usesFirewall(rule) ? chains.firewall : chains.external;
    if (hasEndpoints) lines.nat.push(`-A KUBE-SERVICES${commented(`${name} loadbalancer IP`)}${match} -j ${chain}`);
    if (usesFirewall(rule)) {
      const text = `${name} traffic not accepted by ${chains.firewall}`;
      lines.filter.push(`-A KUBE-PROXY-FIREWALL${commented(text)}${match} -j DROP`);
    }
    if (external !== "forward") refuse(match);
  }
  if (nodePort !== 0) {
    const match = ` -m ${protocol} -p ${protocol} --dport ${nodePort}`;
    if (hasEndpoints) lines.nat.push(`-A KUBE-NODEPORTS${commented(name)}${match} -j ${chains.external}`);
    if (external !== "forward") refuse(` -m addrtype --dst-type LOCAL${match}`);
  }
  if (rule.healthCheckNodePort !== 0) {
    const match = ` -m tcp -p tcp --dport ${rule.healthCheckNodePort} -j ACCEPT`;
    lines.filter.push(`-A KUBE-NODEPORTS${commented(`${name} health check node port`)}${match}`);
  }
}

/** Traffic to the cluster IP from outside the cluster is masqueraded: it may have to leave the node again. */
function writeInternal({ lines, rule, chains, settings: { clusterCidr } }: Writing) {
  if (verdictOf(rule, "internal") !== "forward" || clusterCidr === undefined) return;
  const chain = rule.internalPolicy === "Local" ? chains.local : chains.cluster;
  const match = to(rule, { ip: rule.clusterIp, port: rule.port });
  const text = commented(`${rule.name} cluster IP`);
  lines.nat.push(`-A ${chain}${text}${match} ! -s ${clusterCidr} -j KUBE-MARK-MASQ`);
}

function writeExternal({ lines, rule, chains, settings: { clusterCidr } }: Writing) {
  const { name, externalPolicy } = rule;
  const chain = chains.external;
  lines.natChains.push(chain);
  const write = (text: string, rest: string) =>
    lines.nat.push(`-A ${chain}${commented(`${text} for ${name} external destinations`)}${rest}`);
  if (externalPolicy === "Cluster") write("masquerade traffic", " -j KUBE-MARK-MASQ");
  else {
    const isLocal = " -m addrtype --src-type LOCAL";
    if (clusterCidr !== undefined) write("pod traffic", ` -s ${clusterCidr} -j ${chains.cluster}`);
    write("masquerade LOCAL traffic", `${isLocal} -j KUBE-MARK-MASQ`);
    write("route LOCAL traffic", `${isLocal} -j ${chains.cluster}`);
  }
  if (verdictOf(rule, "external") !== "forward") return;
  lines.nat.push(`-A ${chain} -j ${externalPolicy === "Local" ? chains.local : chains.cluster}`);
}

function writeFirewall({ lines, rule, chains, settings: { nodeIps } }: Writing) {
  const { name, sourceRanges, loadBalancerIps } = rule;
  lines.natChains.push(chains.firewall);
  const allow = (source: string) =>
    lines.nat.push(`-A ${chains.firewall}${commented(`${name} loadbalancer IP`)} -s ${source} -j ${chains.external}`);
  for (const range of sourceRanges) allow(range);
  const nodeMay = sourceRanges.some((range) => nodeIps.some((ip) => isInCidr(range, ip)));
  if (nodeMay) for (const ip of loadBalancerIps) allow(ip);
  const rest = `other traffic to ${name} will be dropped by KUBE-PROXY-FIREWALL`;
  lines.nat.push(`-A ${chains.firewall}${commented(rest)}`);
}

/** One of so many: each rule is tried with the chance that makes all of them equally likely in the end. */
function writeChoice(
  { lines, rule, comment }: Writing,
  { chain, targets }: { readonly chain: string; readonly targets: readonly Target[] },
) {
  lines.natChains.push(chain);
  const rules = targets.map((target) => {
    const text = comment(`${rule.name} -> ${hostPort(target)}`);
    return { text, goal: endpointChain(rule, target) };
  });
  if (rule.affinitySeconds !== 0) {
    for (const { text, goal } of rules) {
      const recent = ` -m recent --name ${goal} --rcheck --seconds ${rule.affinitySeconds} --reap`;
      lines.nat.push(`-A ${chain}${text}${recent} -j ${goal}`);
    }
  }
  rules.forEach(({ text, goal }, index) => {
    const left = rules.length - index;
    const chance = left > 1 ? ` -m statistic --mode random --probability ${(1 / left).toFixed(10)}` : "";
    lines.nat.push(`-A ${chain}${text}${chance} -j ${goal}`);
  });
}

function writeEndpoint({ lines, rule, comment }: Writing, target: Target) {
  const { name, protocol, affinitySeconds } = rule;
  const chain = endpointChain(rule, target);
  const start = `-A ${chain}${comment(name)}`;
  const note = affinitySeconds === 0 ? "" : ` -m recent --name ${chain} --set`;
  lines.natChains.push(chain);
  lines.nat.push(
    `${start} -s ${target.ip} -j KUBE-MARK-MASQ`,
    `${start}${note} -m ${protocol} -p ${protocol} -j DNAT --to-destination ${hostPort(target)}`,
  );
}

/** All endpoints that any of the rule's policies leads to, each once. */
function reachable({ cluster, local }: ServicePortRule): readonly Target[] {
  const all = new Map([...cluster, ...local].map((each) => [`${each.ip}:${each.port}`, each]));
  return [...all.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}
