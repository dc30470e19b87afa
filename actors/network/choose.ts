import { type NodeSettings, ruleKey, type ServicePortRule, type Target } from "../kube_proxy/messages.ts";
import type { Affinity } from "./affinity.ts";
import { isInCidr, isInCidrs } from "./ip.ts";
import { type Destination, isNodeIp, type Portal, type RuleTable } from "./rule_table.ts";
import { verdictOf } from "./verdict.ts";

/** A connection that is about to be opened, as the node sees it where its first packet passes the rules. */
export interface NewConnection extends Destination {
  /** The IP that it comes from. */
  readonly source: string;
}

/** What becomes of a new connection. */
export type Choice =
  /** It is for no Service: it goes where it wants to go. */
  | { readonly kind: "pass" }
  /** It is refused, and its client is told so at once. */
  | { readonly kind: "reject"; readonly service: string }
  /** It is lost without a word: its client runs into a timeout. */
  | { readonly kind: "drop"; readonly service: string }
  | {
      readonly kind: "forward";
      readonly service: string;
      readonly to: Target;
      /** The endpoint sees the node's IP for its client's: answers have to come back through this node. */
      readonly masquerade: boolean;
    };

/** What a choice needs beside the rules. */
export interface ChoiceOptions {
  /** In [0, 1). */
  readonly random: number;
  readonly nowMs: number;
  /** The node's own; it is told where the connection was sent. */
  readonly affinity: Affinity;
}

type Route =
  | { readonly kind: "reject" | "drop" }
  | { readonly kind: "forward"; readonly targets: readonly Target[]; readonly masquerade: boolean };

const drop = { kind: "drop" } as const;

/**
 * Chooses where a new connection goes, as the chains of kube-proxy's iptables rules would: each endpoint of the policy
 * that applies is equally likely; a client that affinity keeps goes where it went before, as long as that may be used.
 *
 * @example
 * const choice = choose(table, { protocol: "tcp", source: "10.244.1.7", ip: "10.96.0.10", port: 80 }, options)
 */
export function choose(table: RuleTable, connection: NewConnection, options: ChoiceOptions): Choice {
  const found = table.find(connection);
  if (!found) return { kind: "pass" };
  const { rule, portal } = found;
  const route =
    portal === "clusterIp"
      ? internalRoute(rule, table.settings(), connection)
      : externalRoute(rule, { settings: table.settings(), connection, portal });
  const to =
    route.kind === "forward" ? pick(rule, { targets: route.targets, source: connection.source, options }) : undefined;
  if (route.kind !== "forward" || !to) return { kind: route.kind === "reject" ? "reject" : "drop", service: rule.name };
  // A pod that reaches itself through a Service would answer itself directly, and not know its own answer.
  const isHairpin = to.ip === connection.source;
  return { kind: "forward", service: rule.name, to, masquerade: route.masquerade || isHairpin };
}

function internalRoute(rule: ServicePortRule, settings: NodeSettings, { source }: NewConnection): Route {
  const kind = verdictOf(rule, "internal");
  if (kind !== "forward") return { kind };
  const targets = rule.internalPolicy === "Local" ? rule.local : rule.cluster;
  const { clusterCidr } = settings;
  return { kind, targets, masquerade: clusterCidr !== undefined && !isInCidrs(clusterCidr, source) };
}

interface External {
  readonly settings: NodeSettings;
  readonly connection: NewConnection;
  readonly portal: Portal;
}

function externalRoute(rule: ServicePortRule, { settings, connection, portal }: External): Route {
  if (!rule.hasEndpoints) return { kind: "reject" };
  const { source, ip } = connection;
  if (portal === "loadBalancerIp" && !isAllowed(rule, settings, { source, ip })) return drop;
  if (rule.externalPolicy === "Cluster") return { kind: "forward", targets: rule.cluster, masquerade: true };
  // Neither pods nor the node are subject to the policy: for them it is as if they came back in from outside.
  const isPod = settings.clusterCidr !== undefined && isInCidrs(settings.clusterCidr, source);
  if (isPod) return { kind: "forward", targets: rule.cluster, masquerade: false };
  if (isNodeIp(settings, source)) return { kind: "forward", targets: rule.cluster, masquerade: true };
  return rule.local.length === 0 ? drop : { kind: "forward", targets: rule.local, masquerade: false };
}

/** A node within the ranges may come with the load balancer's IP, which is then an address of the node. */
function isAllowed(
  { sourceRanges, loadBalancerIps }: ServicePortRule,
  { nodeIps }: NodeSettings,
  { source }: { readonly source: string; readonly ip: string },
): boolean {
  if (sourceRanges.length === 0) return true;
  if (sourceRanges.some((range) => isInCidr(range, source))) return true;
  const nodeMay = sourceRanges.some((range) => nodeIps.some((ip) => isInCidr(range, ip)));
  return nodeMay && loadBalancerIps.includes(source);
}

interface Pick {
  readonly targets: readonly Target[];
  readonly source: string;
  readonly options: ChoiceOptions;
}

function pick(rule: ServicePortRule, { targets, source, options }: Pick): Target | undefined {
  const { random, nowMs, affinity } = options;
  const { affinitySeconds } = rule;
  const name = ruleKey(rule);
  if (affinitySeconds === 0) return targets[Math.floor(random * targets.length)];
  const recent = affinity.recent(name, source, { nowMs, maxAgeMs: affinitySeconds * 1000 });
  const kept = recent.length === 0 ? undefined : targets.find((each) => recent.includes(idOf(each)));
  const to = kept ?? targets[Math.floor(random * targets.length)];
  if (to) affinity.note(name, source, { endpoint: idOf(to), nowMs });
  return to;
}

function idOf({ ip, port }: Target): string {
  return `${ip}:${port}`;
}
