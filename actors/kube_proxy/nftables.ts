import { familyOf, type IpFamily } from "../kit/ip_number.ts";
import { hostPort, isInCidr } from "../network/ip.ts";
import { isExternal, verdictOf } from "../network/verdict.ts";
import { chainNames, endpointNames, type ServiceChains } from "./chain_names.ts";
import { type NodeSettings, type ServicePortRule, settingsOfFamily, type Target } from "./messages.ts";
import { baseChains, baseMaps, ofFamily } from "./nftables_base.ts";
import type { Chain, Element, Ruleset } from "./ruleset.ts";

/** What the table of a node is made for. */
export interface NftablesSettings extends NodeSettings {
  /** The ranges that Services get their addresses from: what is not given there leads nowhere. */
  readonly serviceCidrs?: readonly string[];
  readonly table: string;
  readonly comment: string;
}

interface Writing {
  readonly rule: ServicePortRule;
  readonly names: ServiceChains;
  readonly settings: NodeSettings;
  /** How a rule says "address of this family". */
  readonly ip: "ip" | "ip6";
  readonly sets: Map<string, { readonly kind: "set" | "map"; readonly of: string }>;
  readonly chains: Map<string, string[]>;
  readonly elements: ReadonlyMap<string, Map<string, Element>>;
}

/**
 * A node's rules as kube-proxy in its mode `nftables` has them in the kernel, those of one family. Equal rules give an equal
 * table on every node and at every time: names and order follow from the names of Services alone.
 *
 * Source: pkg/proxy/nftables of Kubernetes 1.34.
 */
export function nftablesOf(
  rules: Iterable<ServicePortRule>,
  all: NftablesSettings,
  family: IpFamily = "IPv4",
): Ruleset {
  const settings = settingsOfFamily(all, family);
  const { ip } = ofFamily(family);
  const serviceCidrs = (all.serviceCidrs ?? []).filter((range) => familyOf(range) === family);
  const sets = new Map(baseMaps(family));
  const elements = new Map([...sets.keys()].map((name) => [name, new Map<string, Element>()] as const));
  for (const address of settings.nodeIps) elements.get("nodeport-ips")?.set(address, {});
  const chains = new Map<string, string[]>();
  const own = [...rules].filter((rule) => (rule.family ?? "IPv4") === family);
  for (const rule of own.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    writeRule({ rule, names: chainNames(rule), settings, ip, sets, chains, elements });
  }
  const ofServices: [string, Chain][] = [...chains].map(([name, each]) => [name, { rules: each }]);
  return {
    ...{ family: ip, table: all.table, comment: all.comment, sets, elements },
    chains: new Map([...baseChains(family, serviceCidrs), ...ofServices]),
  };
}

function writeRule(writing: Writing) {
  const { rule, names, chains } = writing;
  const isReached = rule.hasEndpoints && isExternal(rule);
  if (rule.cluster.length > 0) chains.set(names.cluster, []);
  if (rule.local.length > 0) chains.set(names.local, []);
  if (isReached) chains.set(names.external, []);
  writePortals(writing);
  if (usesFirewall(rule)) writeFirewall(writing);
  writeInternal(writing);
  if (isReached) writeExternal(writing);
  if (rule.cluster.length > 0) writeChoice(writing, { chain: names.cluster, targets: rule.cluster });
  if (rule.local.length > 0) writeChoice(writing, { chain: names.local, targets: rule.local });
  for (const target of reachable(rule)) writeEndpoint(writing, target);
}

const usesFirewall = ({ loadBalancerIps, sourceRanges }: ServicePortRule) =>
  loadBalancerIps.length > 0 && sourceRanges.length > 0;
const policyChain = (names: ServiceChains, policy: "Cluster" | "Local") =>
  policy === "Local" ? names.local : names.cluster;

/** What catches traffic for any of the Service's addresses. Of two Services that claim one, the first by name has it. */
function writePortals({ rule, names, elements }: Writing) {
  const { name, protocol, port, nodePort, hasEndpoints } = rule;
  const [internal, external] = [verdictOf(rule, "internal"), verdictOf(rule, "external")];
  const put = (map: string, key: string, element: Element) => {
    if (!elements.get(map)?.has(key)) elements.get(map)?.set(key, element);
  };
  const refusal = (verdict: string) => ({ comment: name, value: verdict === "reject" ? "goto reject-chain" : "drop" });
  const at = (ip: string) => `${ip} . ${protocol} . ${port}`;
  put("cluster-ips", rule.clusterIp, {});
  if (internal === "forward") {
    put("service-ips", at(rule.clusterIp), { value: `goto ${policyChain(names, rule.internalPolicy)}` });
  } else put("no-endpoint-services", at(rule.clusterIp), refusal(internal));
  const outer = (map: { readonly led: string; readonly refused: string }, key: string) => {
    if (hasEndpoints) put(map.led, key, { value: `goto ${names.external}` });
    if (external !== "forward") put(map.refused, key, refusal(external));
  };
  for (const ip of [...rule.externalIps, ...rule.loadBalancerIps]) {
    outer({ led: "service-ips", refused: "no-endpoint-services" }, at(ip));
  }
  const nodePortMaps = { led: "service-nodeports", refused: "no-endpoint-nodeports" };
  if (nodePort !== 0) outer(nodePortMaps, `${protocol} . ${nodePort}`);
  if (!usesFirewall(rule)) return;
  for (const ip of rule.loadBalancerIps) put("firewall-ips", at(ip), { value: `goto ${names.firewall}` });
}

/** Traffic to the cluster IP from outside the cluster is masqueraded: it may have to leave the node again. */
function writeInternal({ rule, names, settings: { clusterCidr }, ip, chains }: Writing) {
  if (verdictOf(rule, "internal") !== "forward" || clusterCidr === undefined) return;
  const chain = chains.get(policyChain(names, rule.internalPolicy));
  chain?.push(`${ip} daddr ${rule.clusterIp} ${ip} saddr != ${clusterCidr} jump mark-for-masquerade`);
}

function writeExternal({ rule, names, settings: { clusterCidr }, ip, chains }: Writing) {
  const chain = chains.get(names.external);
  if (rule.externalPolicy === "Cluster") chain?.push("jump mark-for-masquerade");
  else {
    const local = "fib saddr type local";
    const isLed = rule.cluster.length > 0;
    if (clusterCidr !== undefined && isLed)
      chain?.push(`${ip} saddr ${clusterCidr} goto ${names.cluster} comment "short-circuit pod traffic"`);
    chain?.push(`${local} jump mark-for-masquerade comment "masquerade local traffic"`);
    if (isLed) chain?.push(`${local} goto ${names.cluster} comment "short-circuit local traffic"`);
  }
  if (verdictOf(rule, "external") === "forward") chain?.push(`goto ${policyChain(names, rule.externalPolicy)}`);
}

/** A node that may use a load balancer may do so by the balancer's own address, which may be one of its own. */
function writeFirewall({ rule, names, settings: { nodeIps }, ip, chains }: Writing) {
  const { sourceRanges, loadBalancerIps } = rule;
  const nodeMay = sourceRanges.some((range) => nodeIps.some((address) => isInCidr(range, address)));
  const sources = [...sourceRanges, ...(nodeMay ? loadBalancerIps : [])];
  chains.set(names.firewall, [`${ip} saddr != { ${sources.join(", ")} } drop`]);
}

/** One of so many, by chance; who has been at one in time returns to it. */
function writeChoice(
  { rule, ip, chains }: Writing,
  { chain, targets }: { readonly chain: string; readonly targets: readonly Target[] },
) {
  const names = targets.map((target) => endpointNames(rule, target));
  const choices = names.map(({ endpoint }, index) => `${index} : goto ${endpoint}`);
  const returns = names.map(({ endpoint, affinity }) => `${ip} saddr @${affinity} goto ${endpoint}`);
  if (rule.affinitySeconds !== 0) chains.get(chain)?.push(...returns);
  chains.get(chain)?.push(`numgen random mod ${targets.length} vmap { ${choices.join(" , ")} }`);
}

function writeEndpoint({ rule, ip, sets, chains }: Writing, target: Target) {
  const { endpoint, affinity } = endpointNames(rule, target);
  const isSticky = rule.affinitySeconds !== 0;
  const flags = `flags dynamic,timeout ; timeout ${rule.affinitySeconds}s`;
  if (isSticky) sets.set(affinity, { kind: "set", of: `type ${ip === "ip" ? "ipv4_addr" : "ipv6_addr"} ; ${flags}` });
  chains.set(endpoint, [
    `${ip} saddr ${target.ip} jump mark-for-masquerade`,
    ...(isSticky ? [`update @${affinity} { ${ip} saddr }`] : []),
    `meta l4proto ${rule.protocol} dnat to ${hostPort(target)}`,
  ]);
}

/** All endpoints that any of the rule's policies leads to, each once. */
function reachable({ cluster, local }: ServicePortRule): readonly Target[] {
  const all = new Map([...cluster, ...local].map((each) => [hostPort(each), each]));
  return [...all.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}
