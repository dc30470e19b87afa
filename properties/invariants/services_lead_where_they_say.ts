import type { EndpointSlice, Frozen, Node, Service } from "../../actors/api/types.ts";
import type { ComputerData } from "../../actors/computer/data.ts";
import { familyOf } from "../../actors/kit/ip_number.ts";
import { type Affinity, createAffinity } from "../../actors/network/affinity.ts";
import { type Choice, choose, type NewConnection } from "../../actors/network/choose.ts";
import type { RuleTable } from "../../actors/network/rule_table.ts";
import { networkPlan } from "../../scenarios/cluster/network_plan.ts";
import { trafficParts } from "../../scenarios/cluster/topology.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";

const [servicesPrefix, slicesPrefix] = ["/registry/services/specs/", "/registry/endpointslices/"];
/** Nobody's in any run: connections from there come from outside. */
const strangers = { IPv4: "203.0.113.7", IPv6: "2001:db8::7" } as const;
/** More than a Service has endpoints in any run, so that each is met. */
const tries = 24;

type Protocol = NewConnection["protocol"];
type From = "pod" | "node" | "outside";

/** A place at which a Service is found: `ip` is empty for a port of every node. */
interface Entrance {
  readonly kind: "clusterIp" | "externalIp" | "nodePort" | "balancerIp";
  readonly ip: string;
  readonly port: number;
  readonly protocol: Protocol;
}

/** One endpoint of a port. */
interface Place {
  readonly to: string;
  readonly isReady: boolean;
  readonly isLeaving: boolean;
  readonly isHere: boolean;
}

/**
 * At rest each node leads a new connection where Services and their slices say: by each of a Service's addresses and
 * ports, from a pod, from the node itself and from outside, to just those endpoints that its policies allow there, with
 * the client's address or the node's, and again to the same one where clients are to be kept; and nowhere by what a
 * Service had once and has no more. This is an account of its own: it asks the computer, and knows nothing of rules.
 *
 * @see https://kubernetes.io/docs/reference/networking/virtual-ips/
 */
export const servicesLeadWhereTheySay: Invariant = {
  name: "Services lead where they say",
  watch(world) {
    const once = new Map<string, Entrance>();
    return {
      commit({ key, object }) {
        if (!key.startsWith(servicesPrefix) || !object) return undefined;
        for (const { entrance } of entrancesOf(object as Frozen<Service>)) once.set(textOf(entrance), entrance);
        return undefined;
      },
      end() {
        if (!trafficParts(world.definition.topology).proxies) return undefined;
        for (const node of world.list<Node>("/registry/minions/")) {
          const data = world.simulation.dataOf(`computer/${node.metadata.name}`) as ComputerData | undefined;
          const wrong = data && (misledOn(world, node, data.rules) ?? leftOn(world, node, { table: data.rules, once }));
          if (wrong) return `On ${node.metadata.name} ${wrong}`;
        }
        return undefined;
      },
    };
  },
};

function textOf({ kind, ip, port, protocol }: Entrance): string {
  return `${kind} ${protocol}/${ip}:${port}`;
}

type Port = NonNullable<Frozen<Service>["spec"]["ports"]>[number];

interface Entered {
  readonly entrance: Entrance;
  readonly port: Port;
  readonly family: "IPv4" | "IPv6";
}

/** Where a Service is found; one that is another's to carry out, or that has no address, nowhere. */
function entrancesOf({ spec, status }: Frozen<Service>): readonly Entered[] {
  const ips = (spec.clusterIPs ?? [spec.clusterIP ?? ""]).filter((ip) => ip !== "" && ip !== "None");
  if (spec.type === "ExternalName") return [];
  return (spec.ports ?? []).flatMap((port) =>
    ips.flatMap((ip) => {
      const [family, protocol] = [familyOf(ip), (port.protocol ?? "TCP").toLowerCase() as Protocol];
      const at = (kind: Entrance["kind"], where: string, number: number): Entered => {
        return { entrance: { kind, ip: where, port: number, protocol }, port, family };
      };
      const balanced = spec.type === "LoadBalancer" ? (status.loadBalancer?.ingress ?? []) : [];
      const virtual = (balanced as readonly { ip?: string; ipMode?: string }[]).flatMap((each) =>
        each.ip && each.ipMode !== "Proxy" && familyOf(each.ip) === family ? [each.ip] : [],
      );
      return [
        at("clusterIp", ip, port.port),
        ...(port.nodePort && spec.type !== "ClusterIP" ? [at("nodePort", "", port.nodePort)] : []),
        ...(spec.externalIPs ?? [])
          .filter((each) => familyOf(each) === family)
          .map((each) => at("externalIp", each, port.port)),
        ...virtual.map((each) => at("balancerIp", each, port.port)),
      ];
    }),
  );
}

/** The endpoints of a port, each once; one of the node itself where two slices differ. */
function placesOf(
  world: World,
  { metadata }: Frozen<Service>,
  { port, family, node }: Pick<Entered, "port" | "family"> & { readonly node: string },
): readonly Place[] {
  const places = new Map<string, Place>();
  for (const slice of world.list<EndpointSlice>(slicesPrefix)) {
    const isOwn = slice.metadata.labels?.["kubernetes.io/service-name"] === metadata.name;
    if (!isOwn || slice.metadata.namespace !== metadata.namespace || slice.addressType !== family) continue;
    for (const { name = "", protocol = "TCP", port: number } of slice.ports ?? []) {
      if (name !== (port.name ?? "") || protocol !== (port.protocol ?? "TCP") || number === undefined) continue;
      for (const { addresses, conditions = {}, nodeName } of slice.endpoints ?? []) {
        const { ready: isReady = true, serving = isReady, terminating = false } = conditions;
        const to = `${addresses[0]}:${number}`;
        const isHere = nodeName === node;
        if (!isHere && places.has(to)) continue;
        places.set(to, { to, isReady, isLeaving: !isReady && serving && terminating, isHere });
      }
    }
  }
  return [...places.values()];
}

/** What is to become of a connection. */
interface Fate {
  readonly kind: "reject" | "drop" | "forward";
  readonly to: readonly string[];
  /** Undefined where it makes no difference. */
  readonly isMasked?: boolean;
}

function fateOf({ spec }: Frozen<Service>, places: readonly Place[], entered: Entered & { readonly from: From }): Fate {
  const { entrance, from } = entered;
  const usable = (all: readonly Place[]) => {
    const ready = all.filter(({ isReady }) => isReady);
    return (ready.length > 0 ? ready : all.filter(({ isLeaving }) => isLeaving)).map(({ to }) => to);
  };
  const [anywhere, here] = [usable(places), usable(places.filter(({ isHere }) => isHere))];
  if (anywhere.length === 0) return { kind: "reject", to: [] };
  const isInside = entrance.kind === "clusterIp";
  const policy = isInside ? spec.internalTrafficPolicy : spec.externalTrafficPolicy;
  const isNear = policy === "Local" && (isInside || from === "outside");
  const to = isNear ? here : anywhere;
  if (to.length === 0) return { kind: "drop", to };
  if (isInside) return { kind: "forward", to, isMasked: from !== "pod" };
  const keepsAddress = policy === "Local" && from !== "node";
  return { kind: "forward", to, isMasked: !keepsAddress };
}

function misledOn(world: World, node: Frozen<Node>, table: RuleTable): string | undefined {
  for (const service of world.list<Service>(servicesPrefix)) {
    if (isElsewhere(world, service)) continue;
    for (const entered of entrancesOf(service)) {
      const { entrance, family } = entered;
      const places = placesOf(world, service, { ...entered, node: node.metadata.name });
      for (const from of ["pod", "node", "outside"] as const) {
        const connection = connectionTo(world, { entrance, family, from, node });
        if (!connection) continue;
        const wanted = fateOf(service, places, { ...entered, from });
        const wrong = wrongFate(table, connection, wanted) ?? unkept(service, table, { connection, wanted });
        if (wrong) return `${service.metadata.name} by ${textOf(entrance)} from ${sourceText[from]} ${wrong}`;
      }
    }
  }
  return undefined;
}

const sourceText = { pod: "a pod", node: "the node", outside: "outside" } as const;

/** Whose endpoints are told for some nodes only, or whose clients may not be all, is not judged here. */
function isElsewhere(world: World, { metadata, spec }: Frozen<Service>): boolean {
  const isHinted = world
    .list<EndpointSlice>(slicesPrefix)
    .some(
      (slice) =>
        slice.metadata.labels?.["kubernetes.io/service-name"] === metadata.name &&
        slice.endpoints?.some(({ hints }) => hints !== undefined),
    );
  const isOthers = metadata.labels?.["service.kubernetes.io/service-proxy-name"] !== undefined;
  return isHinted || isOthers || (spec.loadBalancerSourceRanges ?? []).length > 0;
}

interface Opening {
  readonly entrance: Entrance;
  readonly family: "IPv4" | "IPv6";
  readonly from: From;
  readonly node: Frozen<Node>;
}

/** A connection from there; undefined where there is none: a node without an address of the family, or a range of pods. */
function connectionTo(world: World, { entrance, family, from, node }: Opening): NewConnection | undefined {
  const nodeIp = node.status.addresses?.find(
    ({ type, address }) => type === "InternalIP" && familyOf(address) === family,
  )?.address;
  const { clusterCidr } = networkPlan(world.definition.topology);
  const range = clusterCidr.split(",").find((each) => familyOf(each.split("/")[0] ?? "") === family);
  // The first address of the whole range is no pod's.
  const podIp = range?.split("/")[0];
  const source = { pod: podIp, node: nodeIp, outside: strangers[family] }[from];
  const ip = entrance.kind === "nodePort" ? nodeIp : entrance.ip;
  if (source === undefined || ip === undefined) return undefined;
  return { protocol: entrance.protocol, source, ip, port: entrance.port };
}

function wrongFate(table: RuleTable, connection: NewConnection, wanted: Fate): string | undefined {
  const choices = Array.from({ length: tries }, (_each, index) =>
    choose(table, connection, { random: (index + 0.5) / tries, nowMs: 0, affinity: createAffinity() }),
  );
  const kinds = new Set(choices.map(({ kind }) => kind));
  const [kind] = kinds;
  if (kinds.size > 1 || kind !== wanted.kind) return `comes to ${[...kinds].join(" or ")}, not ${wanted.kind}`;
  const told = [...new Set(choices.flatMap((each) => targetOf(each) ?? []))].sort().join();
  const ought = [...wanted.to].sort().join();
  if (told !== ought) return `leads to [${told}], it ought to be [${ought}]`;
  const masked = choices.find((each) => each.kind === "forward" && each.masquerade !== wanted.isMasked);
  if (!masked || wanted.isMasked === undefined) return undefined;
  return wanted.isMasked ? "keeps its address" : "is shown with the node's address";
}

function targetOf(choice: Choice): string | undefined {
  return choice.kind === "forward" ? `${choice.to.ip}:${choice.to.port}` : undefined;
}

interface Kept {
  readonly connection: NewConnection;
  readonly wanted: Fate;
}

/** What a node remembers of a client whom it led, a moment ago, to somebody who is no endpoint any more. */
const toGone = "192.0.2.250:9000";
const astray: Affinity = { recent: () => [toGone], note() {}, size: 1 };

/** Whether a client that is to be kept is not, or one that is not to be is; or one is kept where nobody is. */
function unkept({ spec }: Frozen<Service>, table: RuleTable, { connection, wanted }: Kept): string | undefined {
  if (targetOf(choose(table, connection, { random: 0, nowMs: 0, affinity: astray })) === toGone)
    return "keeps its clients at an endpoint that is gone";
  if (wanted.to.length < 2) return undefined;
  const keptSeconds =
    spec.sessionAffinity === "ClientIP" ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800) : 0;
  const affinity: Affinity = createAffinity();
  const opened = (random: number, nowMs: number) => targetOf(choose(table, connection, { random, nowMs, affinity }));
  const first = opened(0, 0);
  const soon = opened(0.99, keptSeconds * 500);
  if (keptSeconds === 0) return soon === first ? "keeps its clients" : undefined;
  if (soon !== first) return "does not keep its clients";
  const late = opened(0.99, keptSeconds * 2_500);
  return late === first ? "keeps its clients for too long" : undefined;
}

interface Left {
  readonly table: RuleTable;
  readonly once: ReadonlyMap<string, Entrance>;
}

/** An address or port that leads somewhere, and is no Service's any more. */
function leftOn(world: World, node: Frozen<Node>, { table, once }: Left): string | undefined {
  const now = new Set(
    world.list<Service>(servicesPrefix).flatMap((each) => entrancesOf(each).map(({ entrance }) => textOf(entrance))),
  );
  for (const [text, entrance] of once) {
    if (now.has(text)) continue;
    for (const family of ["IPv4", "IPv6"] as const) {
      const connection = connectionTo(world, { entrance, family, from: "outside", node });
      if (!connection || familyOf(connection.ip) !== family) continue;
      const { kind } = choose(table, connection, { random: 0, nowMs: 0, affinity: createAffinity() });
      if (kind !== "pass") return `${text} comes to ${kind}, and is no Service's any more`;
    }
  }
  return undefined;
}
