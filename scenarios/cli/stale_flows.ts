import { familyOf } from "../../actors/kit/ip_number.ts";
import { mayFlow, ruleKey, type ServicePortRule } from "../../actors/kube_proxy/messages.ts";

/** The words of `conntrack` that have a kernel forget exchanges by UDP. */
export type ForgetFlows = readonly string[];

/**
 * Which exchanges by UDP a kernel has to forget when rules have changed: those that were led to endpoints that serve no
 * more, and those that went to a Service while it had none, as kube-proxy has it.
 */
export function staleFlows(
  before: readonly ServicePortRule[],
  after: readonly ServicePortRule[],
): readonly ForgetFlows[] {
  const old = new Map(before.map((rule) => [ruleKey(rule), rule]));
  return after.flatMap((rule) => {
    const was = old.get(ruleKey(rule));
    if (rule.protocol !== "udp" || !was) return [];
    const gone = targetsOf(was).filter((target) => !mayFlow(rule, target));
    const led = gone.flatMap(({ ip }) => placesOf(rule).map((place) => [...place, "--dst-nat", ip]));
    const isFirst = targetsOf(was).length === 0 && targetsOf(rule).length > 0;
    return [...led, ...(isFirst ? placesOf(rule) : [])].map((place) => ["-D", "-p", "udp", ...place]);
  });
}

/** Each endpoint once. */
function targetsOf({ cluster, local, serving = [] }: ServicePortRule) {
  const all = [...cluster, ...local, ...serving];
  return [...new Map(all.map((each) => [`${each.ip}:${each.port}`, each])).values()];
}

/** Where a Service is asked. */
function placesOf({ clusterIp, externalIps, loadBalancerIps, port, nodePort, family = "IPv4" }: ServicePortRule) {
  const ips = [clusterIp, ...externalIps, ...loadBalancerIps].filter((ip) => familyOf(ip) === family);
  const at = ips.map((ip) => [...familyWords(family), "--orig-dst", ip, "--orig-port-dst", String(port)]);
  const ports = nodePort === 0 ? [] : [[...familyWords(family), "--orig-port-dst", String(nodePort)]];
  return [...at, ...ports];
}

function familyWords(family: string): readonly string[] {
  return family === "IPv6" ? ["-f", "ipv6"] : [];
}
