import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import type { GateSettings } from "../../actors/cri/containerd/pod_gate.ts";
import type { DnsUpstream } from "../../actors/dns/messages.ts";
import type { Endpoint } from "../../actors/network/endpoint.ts";
import { isIpv4 } from "../../actors/network/ip.ts";
import { networkPlan } from "./network_plan.ts";
import { cloudPlaces, type Topology } from "./topology.ts";

const dnsPort = 53;
const serversMax = 3;
const tryMsMax = 10_000;

/** What real pods reach of a cluster, all of it by IPv4; `door` is where this machine has its API servers. */
export function podReach(topology: Topology, door: Endpoint | undefined): GateSettings {
  const { nodes, controlPlanes = 0 } = topology;
  const { serviceCidr, apiServiceIps, podCidrs, nodeIps } = networkPlan(topology);
  const count = nodes + controlPlanes + cloudPlaces(topology).length;
  const ofIpv4 = (texts: readonly string[]) => texts.filter((text) => !text.includes(":"));
  const ranges = Array.from({ length: count }, (_each, index) => {
    return [...ofIpv4(podCidrs(index)), ...ofIpv4(nodeIps(index)).map((ip) => `${ip}/32`)];
  }).flat();
  const [services = ""] = ofIpv4(serviceCidr.split(","));
  const [ip] = ofIpv4(apiServiceIps);
  return { services, ranges, ...(door && ip !== undefined ? { api: { at: { ip, port: 443 }, door } } : {}) };
}

/** Why this machine cannot lead real pods to a cluster; found out in a network namespace that ends with the question. */
export async function reachObstacle(): Promise<string | undefined> {
  const rules = "*nat\n-A OUTPUT -d 192.0.2.1/32 -p tcp -j DNAT --to-destination 127.0.0.1:1\nCOMMIT\n";
  const script = "nsenter --version >&2 && ip -V >&2 && iptables-restore --wait && cat /proc/self/net/nf_conntrack";
  return new Promise((resolve) => {
    const args = ["--net", "sh", "-c", script];
    const child = execFile("unshare", args, { timeout: tryMsMax }, (error, _stdout, stderr) => {
      const why = stderr.trim().split("\n").at(-1) || error?.message;
      resolve(error ? `nsenter, ip and iptables do not do what they are needed for here: ${why}` : undefined);
    });
    child.stdin?.on("error", () => {});
    child.stdin?.end(rules);
  });
}

/** Whom this machine asks for names: its pods ask them by way of the cluster's DNS server. */
export async function machineResolvers(path = "/etc/resolv.conf"): Promise<readonly DnsUpstream[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  const servers = [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, host = ""]) => host);
  return servers
    .filter(isIpv4)
    .slice(0, serversMax)
    .map((host) => ({ host, port: dnsPort }));
}
