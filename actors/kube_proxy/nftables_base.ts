import type { IpFamily } from "../kit/ip_number.ts";
import type { Chain } from "./ruleset.ts";

/** How nftables calls what is of a family. */
export function ofFamily(family: IpFamily): { readonly ip: "ip" | "ip6"; readonly address: string } {
  return family === "IPv4" ? { ip: "ip", address: "ipv4_addr" } : { ip: "ip6", address: "ipv6_addr" };
}

/** The sets and maps that a node's table has whatever Services there are. */
export function baseMaps(
  family: IpFamily,
): readonly (readonly [string, { readonly kind: "set" | "map"; readonly of: string }])[] {
  const { address } = ofFamily(family);
  const set = (name: string, comment: string) =>
    [name, { kind: "set", of: `type ${address} ; comment "${comment}"` }] as const;
  const map = (name: string, key: string, comment: string) =>
    [name, { kind: "map", of: `type ${key} : verdict ; comment "${comment}"` }] as const;
  const [portal, port] = [`${address} . inet_proto . inet_service`, "inet_proto . inet_service"];
  const refuses = (of: string) => `vmap to drop or reject packets to ${of} with no endpoints`;
  return [
    set("cluster-ips", "Active ClusterIPs"),
    set("nodeport-ips", "IPs that accept NodePort traffic"),
    map("firewall-ips", portal, "destinations that are subject to LoadBalancerSourceRanges"),
    map("no-endpoint-nodeports", port, refuses("service nodeports")),
    map("no-endpoint-services", portal, refuses("services")),
    map("service-ips", portal, "ClusterIP, ExternalIP and LoadBalancer IP traffic"),
    map("service-nodeports", port, "NodePort traffic"),
  ];
}

const mark = "0x4000";

/** The chains that a node's table has whatever Services there are: those at the kernel's hooks, and where they lead. */
export function baseChains(family: IpFamily, serviceCidrs: readonly string[]): readonly (readonly [string, Chain])[] {
  const { ip } = ofFamily(family);
  const hooked = (of: readonly [type: string, hook: string, priority: number], rules: readonly string[]): Chain => ({
    of: `type ${of[0]} hook ${of[1]} priority ${of[2]}`,
    rules,
  });
  const isNew = (chain: string) => `ct state new jump ${chain}`;
  const portal = `${ip} daddr . meta l4proto . th dport vmap`;
  const nodePort = `${ip} daddr @nodeport-ips meta l4proto . th dport vmap`;
  const given = `${ip} daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"`;
  const notGiven = `${ip} daddr { ${serviceCidrs.join(", ")} } drop comment "Drop traffic to unallocated ClusterIPs"`;
  return [
    ["cluster-ips-check", { rules: [given, ...(serviceCidrs.length > 0 ? [notGiven] : [])] }],
    // What is refused is refused by where it wanted to go, so before it is translated.
    ["filter-prerouting-pre-dnat", hooked(["filter", "prerouting", -110], [isNew("firewall-check")])],
    ["filter-output-pre-dnat", hooked(["filter", "output", -110], [isNew("firewall-check")])],
    [
      "filter-forward",
      hooked(["filter", "forward", 0], [isNew("service-endpoints-check"), isNew("cluster-ips-check")]),
    ],
    [
      "filter-input",
      hooked(["filter", "input", 0], [isNew("nodeport-endpoints-check"), isNew("service-endpoints-check")]),
    ],
    ["filter-output", hooked(["filter", "output", 0], [isNew("service-endpoints-check"), isNew("cluster-ips-check")])],
    ["firewall-check", { rules: [`${portal} @firewall-ips`] }],
    ["mark-for-masquerade", { rules: [`mark set mark or ${mark}`] }],
    [
      "masquerading",
      { rules: [`mark and ${mark} == 0 return`, `mark set mark xor ${mark}`, "masquerade fully-random"] },
    ],
    ["nat-output", hooked(["nat", "output", -100], ["jump services"])],
    ["nat-postrouting", hooked(["nat", "postrouting", 100], ["jump masquerading"])],
    ["nat-prerouting", hooked(["nat", "prerouting", -100], ["jump services"])],
    ["nodeport-endpoints-check", { rules: [`${nodePort} @no-endpoint-nodeports`] }],
    ["reject-chain", { of: 'comment "helper for @no-endpoint-services / @no-endpoint-nodeports"', rules: ["reject"] }],
    ["services", { rules: [`${portal} @service-ips`, `${nodePort} @service-nodeports`] }],
    ["service-endpoints-check", { rules: [`${portal} @no-endpoint-services`] }],
  ];
}
