import {
  addressAt,
  type Cidr,
  type CidrLimits,
  cidrText,
  parseCidrs,
  parseServiceCidrs,
} from "../../actors/api/cidr.ts";
import type { NodeCidrs } from "../../actors/controllers/loop.ts";
import { bitsOf, type IpFamily } from "../../actors/kit/ip_number.ts";
import type { Route } from "../../actors/network/routes.ts";

/** What a topology says of its addresses. */
export interface Addressing {
  /** Of which families nodes, pods and Services have addresses; the first is that which leads. Default: those of its ranges, else IPv4. */
  readonly ipFamilies?: readonly IpFamily[];
  /** From which addresses Services are given theirs: one range, or one of each family, with a comma. Default: the usual ones of its families. */
  readonly serviceCidr?: string;
  /** From which addresses pods are given theirs, in the same way. Default: the usual ones of its families. */
  readonly clusterCidr?: string;
  /** How many bits the range of a node's pods leaves to others, by family. Default 24 and 64. */
  readonly nodeCidrMaskSize?: Readonly<Partial<Record<IpFamily, number>>>;
}

/** Who has which addresses in a cluster. */
export interface NetworkPlan {
  /** Of nodes and pods. */
  readonly families: readonly IpFamily[];
  /** As an API server is told it, and with it its own default where a topology says nothing. */
  readonly serviceCidr: string;
  /** All that pods may have, comma-separated. */
  readonly clusterCidr: string;
  /** The first address of each range of Services, which is that of the API, and the tenth, which is that of the DNS server. */
  readonly apiServiceIps: readonly string[];
  readonly dnsServiceIps: readonly string[];
  /** Where the DNS server is behind its service IPs, and the gateway, from where all comes that comes from outside. */
  readonly dnsHostIps: readonly string[];
  readonly gatewayIps: readonly string[];
  /** So many nodes have a range for their pods. */
  readonly nodesMax: number;
  nodeIps(index: number): readonly string[];
  /** From which ranges the pods of a node get their IPs. */
  podCidrs(index: number): readonly string[];
  /** Of an API server in the network of the nodes, beside them: it is of the family that leads. */
  apiServerIp(index: number): string;
  /** Where the computers of so many nodes are, whose addresses begin with that prefix. */
  routesTo(nodes: number, computerPrefix: string): readonly Route[];
}

/** From which addresses Services are given theirs where a topology says nothing else. */
const serviceCidrs = { IPv4: "10.96.0.0/16", IPv6: "fd00:10:96::/112" } as const;
/** From which pods are. Of IPv4 all between 10.128.0.0 and 10.255.255.255, counted from 10.244.0.0. */
const clusterCidrs = { IPv4: "10.128.0.0/9", IPv6: "fd00:10:244::/48" } as const;
const maskSizes = { IPv4: 24, IPv6: 64 } as const;
const podLimits: CidrLimits = {
  what: "pod addresses",
  bitsMin: { IPv4: 8, IPv6: 16 },
  bitsMax: { IPv4: 28, IPv6: 120 },
};
const nodesMaxOfAll = 128 * 256;

/**
 * Makes the plan of a cluster's addresses.
 *
 * @throws Error for ranges that are none, or do not fit each other
 */
export function networkPlan({ ipFamilies, serviceCidr, clusterCidr, nodeCidrMaskSize }: Addressing): NetworkPlan {
  const told = clusterCidr ?? serviceCidr;
  const families = ipFamilies ?? (told === undefined ? ["IPv4" as const] : familiesIn(told));
  const services = serviceCidr ?? families.map((family) => serviceCidrs[family]).join(",");
  const pods = clusterCidr ?? families.map((family) => clusterCidrs[family]).join(",");
  const ranges = parseServiceCidrs(services);
  const rows = parseCidrs(pods, podLimits).map((cidr) => {
    const isUsual = clusterCidr === undefined && cidr.family === "IPv4";
    return podRow(cidr, { isUsual, bits: nodeCidrMaskSize?.[cidr.family] ?? maskSizes[cidr.family] });
  });
  assertAgreement(families, { services: ranges, pods: rows.map(({ cidr }) => cidr) });
  const [lead = "IPv4"] = families;
  return {
    families,
    serviceCidr: services,
    clusterCidr: rows.map(({ cidr }) => cidrText(cidr)).join(","),
    apiServiceIps: ranges.map((range) => addressAt(range, 1)),
    dnsServiceIps: ranges.map((range) => addressAt(range, 10)),
    dnsHostIps: families.map((family) => (family === "IPv4" ? "192.168.255.10" : "fd00:192:168:ff::a")),
    gatewayIps: families.map((family) => (family === "IPv4" ? "172.18.0.1" : "fd00:172:18::1")),
    nodesMax: Math.min(...rows.map(({ count }) => count)),
    nodeIps: (index) => families.map((family) => nodeIp(index, family)),
    podCidrs: (index) => rows.map((row) => row.range(index)),
    apiServerIp: (index) => (lead === "IPv4" ? `172.18.0.${index + 2}` : `fd00:172:18::${(index + 2).toString(16)}`),
    routesTo: (nodes, prefix) => rows.flatMap((row) => row.routes(nodes, prefix)),
  };
}

/** What components have to be told of a plan: what is otherwise than they take for granted. */
export interface Unusual {
  readonly serviceCidr?: string;
  readonly clusterDns?: string;
  readonly apiServiceIp?: string;
  readonly dns?: { readonly clusterIps: readonly string[]; readonly hostIps: readonly string[] };
  readonly nodeCidrs?: NodeCidrs;
}

/** Says what of a plan is otherwise than where a topology says nothing. */
export function unusual(plan: NetworkPlan, sizes?: NodeCidrs["sizes"]): Unusual {
  const [clusterDns = ""] = plan.dnsServiceIps;
  const [apiServiceIp = ""] = plan.apiServiceIps;
  const isSame = (name: "dnsServiceIps" | "apiServiceIps") => plan[name].join() === usual[name].join();
  return {
    ...(plan.serviceCidr === usual.serviceCidr ? {} : { serviceCidr: plan.serviceCidr }),
    ...(clusterDns === usual.dnsServiceIps[0] ? {} : { clusterDns }),
    ...(apiServiceIp === usual.apiServiceIps[0] ? {} : { apiServiceIp }),
    ...(isSame("dnsServiceIps") ? {} : { dns: { clusterIps: plan.dnsServiceIps, hostIps: plan.dnsHostIps } }),
    ...(plan.clusterCidr === usual.clusterCidr && !sizes
      ? {}
      : { nodeCidrs: { ranges: plan.clusterCidr, sizes: sizes ?? {} } }),
  };
}

/** The address of a node of one family: 192.168.0.1 or fd00:192:168::1 for the first, and upwards from there. */
function nodeIp(index: number, family: IpFamily): string {
  const address = index + 1;
  return family === "IPv4" ? `192.168.${address >> 8}.${address & 255}` : `fd00:192:168::${address.toString(16)}`;
}

function familiesIn(ranges: string): readonly IpFamily[] {
  return ranges.split(",").map((each) => (each.includes(":") ? "IPv6" : "IPv4"));
}

function assertAgreement(
  families: readonly IpFamily[],
  { services, pods }: { readonly services: readonly Cidr[]; readonly pods: readonly Cidr[] },
): void {
  const of = (ranges: readonly Cidr[]) => ranges.map(({ family }) => family);
  const isSame = of(pods).join() === families.join();
  const isWithin = of(services)[0] === families[0] && of(services).every((family) => families.includes(family));
  if (isSame && isWithin) return;
  const what = `of ${families.join(" and ")} with pods of ${of(pods).join(" and ")} and Services of ${of(services).join(" and ")}`;
  throw new Error(`Cannot make a cluster ${what}: name the same families in the same order`);
}

/** The ranges of pods of one family, node by node. */
interface PodRow {
  readonly cidr: Cidr;
  readonly count: number;
  range(node: number): string;
  routes(nodes: number, prefix: string): readonly Route[];
}

function podRow(cidr: Cidr, { bits, isUsual }: { readonly bits: number; readonly isUsual: boolean }): PodRow {
  const { family } = cidr;
  const size = 1n << BigInt(Math.max(0, bitsOf(family) - bits));
  const fits = Number.isInteger(bits) && bits <= (family === "IPv4" ? 29 : 126) && size <= cidr.size;
  if (!fits) {
    throw new Error(`Cannot give nodes ranges of /${bits} for their pods: they do not fit ${cidrText(cidr)}`);
  }
  const count = Math.min(nodesMaxOfAll, Number(cidr.size / size));
  // Of the usual range the last part comes first: pods' addresses begin with 10.244, as kubeadm's examples have it.
  const start = isUsual ? (244 - 128) * 256 : 0;
  const place = (node: number) => (node + start) % count;
  const range = (node: number) => `${addressAt(cidr, BigInt(place(node)) * size)}/${bits}`;
  const routes = (nodes: number, prefix: string) => {
    const starts = isUsual ? [0, count - start] : [0];
    return starts.flatMap((first, at): Route[] => {
      const length = Math.min(nodes, starts[at + 1] ?? nodes) - first;
      if (length <= 0) return [];
      const podFirst = range(first).split("/")[0] ?? "";
      const nodeFirst = nodeIp(first, family);
      return [
        { count: length, computers: { prefix, first }, nodeFirst, podFirst, ...(bits === 24 ? {} : { podBits: bits }) },
      ];
    });
  };
  return { cidr, count, range, routes };
}

const usual = networkPlan({});
